# SPDX-License-Identifier: GPL-3.0-or-later
"""Random lines from the grammars of the command table (src/commands/command.h tells them)."""
import re

TOKENS = re.compile(r"\.\.\.|[\[\]()|]|[^\s\[\]()|.]+(?:\.(?!\.\.)[^\s\[\]()|.]*)*")


class Parser:
    """What it makes: ("word", text), ("type", NAME), ("seq", [...]), ("any", [...]),
    ("maybe", node), ("many", node)."""

    def __init__(self, text):
        self.tokens = TOKENS.findall(text)

    def peek(self):
        return self.tokens[0] if self.tokens else None

    def any(self):
        ways = [self.seq()]
        while self.peek() == "|":
            self.tokens.pop(0)
            ways.append(self.seq())
        return ways[0] if len(ways) == 1 else ("any", ways)

    def seq(self):
        parts = []
        while self.peek() not in (None, "|", ")", "]"):
            parts.append(self.part())
        return parts[0] if len(parts) == 1 else ("seq", parts)

    def part(self):
        token = self.tokens.pop(0)
        if token == "(":
            node = self.any()
            self.tokens.pop(0)
        elif token == "[":
            node = ("maybe", self.any())
            self.tokens.pop(0)
        else:
            node = ("type" if re.fullmatch("[A-Z]+", token) else "word", token)
        if self.peek() == "...":
            self.tokens.pop(0)
            node = ("many", node)
        return node


def parse(text):
    return Parser(text).any()


def words(node, random, value):
    """One line of the grammar, as words. VALUE(type, words so far) gives what stands for a
    type: a string, which may be several words."""
    line = []
    walk(node, random, value, line)
    return " ".join(line)


def walk(node, random, value, line):
    kind, rest = node
    if kind == "word":
        line.append(cut(rest, random))
    elif kind == "type":
        line.append(value(rest, line))
    elif kind == "seq":
        for part in rest:
            walk(part, random, value, line)
    elif kind == "any":
        walk(random.choice(rest), random, value, line)
    elif kind == "maybe":
        if random.random() < 0.5:
            walk(rest, random, value, line)
    else:
        walk(rest, random, value, line)
        while random.random() < 0.3:
            walk(rest, random, value, line)


def cut(word, random):
    """"address/a" may be any beginning of it that has the "a"."""
    whole, _, least = word.partition("/")
    if not least or random.random() < 0.4:
        return whole
    return whole[:random.randint(len(least), len(whole))]
