/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Runs a fuzzer where there is no libFuzzer: first its corpus, the inputs that it makes
 * itself and the files of tests/fuzz/corpus/NAME/, then a fixed number of mutations of
 * them, the same for the same NSH_TEST_SEED. Each of the two is a child process and a
 * test, so that a crash or a hang is told with the input that does it, which is left in a
 * file.
 *
 *	fuzz_NAME		speaks TAP; NSH_FUZZ_RUNS mutations
 *	fuzz_NAME FILE...	runs these inputs alone, to look into a crash
 *	fuzz_NAME -w DIR	writes the corpus into DIR, for libFuzzer to start from
 */
#include "fuzz/fuzz.h"

#include <dirent.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"
#include "unit/tap.h"

#define INPUT_MAX 4096
#define HANG_SECONDS 10

#if defined(__SANITIZE_ADDRESS__)
#define RUNS 2000 /* each takes several times as long */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RUNS 2000
#endif
#endif
#ifndef RUNS
#define RUNS 20000
#endif

struct input {
	size_t length;
	uint8_t bytes[INPUT_MAX];
};

static VECTOR(struct input) corpus;

/* What the parent must know of a child that is gone. */
static struct {
	struct input input; /* the one that it works on */
	unsigned long done;
	bool finished;
} *shared;

static void add_input(const void *bytes, size_t length)
{
	struct input *input = vector_add(&corpus);

	input->length = length < INPUT_MAX ? length : INPUT_MAX;
	if (input->length)
		memcpy(input->bytes, bytes, input->length);
}

static bool add_file(const char *path)
{
	cleanup_file FILE *file = fopen(path, "re");
	char bytes[INPUT_MAX];

	if (!file)
		return false;
	add_input(bytes, fread(bytes, 1, sizeof(bytes), file));
	return true;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/*
 * In the order of their names: that of the directory differs from one machine to the
 * next.
 */
static void add_files(const char *name)
{
	const char *source = getenv("NSH_SRCDIR");
	cleanup_free char *path =
		xasprintf("%s/tests/fuzz/corpus/%s", source ? source : ".", name);
	struct strings files cleanup_strings = { 0 };
	DIR *directory = opendir(path);
	struct dirent *entry;

	while (directory && (entry = readdir(directory)))
		if (entry->d_name[0] != '.')
			strings_take(&files, xasprintf("%s/%s", path, entry->d_name));
	if (directory)
		closedir(directory);
	if (files.n)
		qsort(files.v, files.n, sizeof(*files.v), compare_names);
	for (size_t i = 0; i < files.n; i++)
		if (!add_file(files.v[i]))
			tap_ok(false, "cannot read %s", files.v[i]);
}

static void write_file(const char *path, const struct input *input)
{
	FILE *file = fopen(path, "we");

	if (!file || fwrite(input->bytes, 1, input->length, file) != input->length ||
	    fclose(file) != 0) {
		perror(path);
		exit(1);
	}
}

/* --- mutations --- */

static uint64_t state;

/* splitmix64: any seed will do, and the same numbers come everywhere. */
static uint64_t random_number(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static size_t below(size_t limit)
{
	return limit ? (size_t)(random_number() % limit) : 0;
}

static void insert(struct input *to, size_t at, const void *bytes, size_t length)
{
	if (length > INPUT_MAX - to->length)
		return;
	memmove(to->bytes + at + length, to->bytes + at, to->length - at);
	memcpy(to->bytes + at, bytes, length);
	to->length += length;
}

static void cut_out(struct input *from, size_t at, size_t length)
{
	memmove(from->bytes + at, from->bytes + at + length, from->length - at - length);
	from->length -= length;
}

static const struct input *any_seed(void)
{
	return &corpus.v[below(corpus.n)];
}

/* The head of one and the tail of another. */
static void splice(struct input *to)
{
	const struct input *other = any_seed();
	size_t from = below(other->length + 1);

	to->length = below(to->length + 1);
	insert(to, to->length, other->bytes + from, other->length - from);
}

/* A number of one, two or four bytes that may be a length: a little off, or far off. */
static void edit_number(struct input *to)
{
	static const uint32_t odd[] = { 0, 1, 3, 4, 0x7f, 0x80, 0xff, 0x7fff, 0xffff,
					0x7fffffff, 0x80000000, 0xffffffff };
	size_t size = (size_t)1 << below(3);
	uint32_t value = 0;
	uint8_t *at;

	if (to->length < size)
		return;
	/* Lengths stand at multiples of their size. */
	at = to->bytes + below(to->length / size) * size;
	memcpy(&value, at, size);
	if (below(2))
		value += (uint32_t)below(17) - 8;
	else
		value = odd[below(sizeof(odd) / sizeof(odd[0]))];
	memcpy(at, &value, size);
}

static void insert_word(struct input *to)
{
	size_t count = 0;

	while (fuzz_words && fuzz_words[count])
		count++;
	if (count) {
		const char *word = fuzz_words[below(count)];

		insert(to, below(to->length + 1), word, strlen(word));
	}
}

static void mutate_once(struct input *to)
{
	static const char bytes[] = "\0\x01\x7f\x80\xff\n\r\t \"'\\$#{}[]:;/.%?";
	size_t at = below(to->length), length = below(1 + below(64));
	uint8_t some[64];

	switch (below(10)) {
	case 0:
		if (to->length)
			to->bytes[at] ^= (uint8_t)(1u << below(8));
		break;
	case 1:
		if (to->length)
			to->bytes[at] = (uint8_t)bytes[below(sizeof(bytes) - 1)];
		break;
	case 2:
		insert(to, at, &bytes[below(sizeof(bytes) - 1)], 1);
		break;
	case 3:
		for (size_t i = 0; i < length; i++)
			some[i] = (uint8_t)random_number();
		insert(to, at, some, length);
		break;
	case 4:
		if (to->length)
			cut_out(to, at, 1 + below(to->length - at));
		break;
	case 5: /* a part of it once more, somewhere else */
		if (length > to->length - at)
			length = to->length - at;
		memcpy(some, to->bytes + at, length);
		insert(to, below(to->length + 1), some, length);
		break;
	case 6:
		splice(to);
		break;
	case 7:
	case 8:
		edit_number(to);
		break;
	case 9:
		insert_word(to);
		break;
	}
}

/* --- the two tests --- */

/* Runs one input, a copy of just its size so that a sanitizer sees each read beyond. */
static void run_input(const struct input *input)
{
	cleanup_free uint8_t *copy = xcalloc(input->length, 1);

	memcpy(copy, input->bytes, input->length);
	shared->input = *input;
	alarm(HANG_SECONDS);
	LLVMFuzzerTestOneInput(copy, input->length);
	alarm(0);
	shared->done++;
}

static void run_corpus(unsigned long runs)
{
	(void)runs;
	for (size_t i = 0; i < corpus.n; i++)
		run_input(&corpus.v[i]);
}

static void run_mutations(unsigned long runs)
{
	static struct input input;

	for (unsigned long i = 0; i < runs; i++) {
		input = *any_seed();
		for (size_t times = 1 + below(8); times; times--)
			mutate_once(&input);
		run_input(&input);
	}
}

/* Runs STAGE in a child, which must live through it. */
static void test_stage(const char *name, const char *what,
		       void (*stage)(unsigned long runs), unsigned long runs)
{
	cleanup_free char *path = xasprintf("%s-%d.crash", name, tap_count + 1);
	int status = 0;
	pid_t pid;

	shared->done = 0;
	shared->finished = false;
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		stage(runs);
		shared->finished = true;
		exit(0); /* not _exit(): a sanitizer looks for leaks here */
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid) {
		tap_ok(false, "%s: %s: no process for it", name, what);
		return;
	}
	if (tap_ok(shared->finished && shared->done == runs && status == 0, "%s: %lu %s",
		   name, runs, what))
		return;
	if (shared->finished) {
		tap_note("memory was lost, or the status was not 0: %#x",
			 (unsigned)status);
		return;
	}
	if (WIFSIGNALED(status))
		tap_note("%s by the input in %s, number %lu",
			 WTERMSIG(status) == SIGALRM ? "hangs"
						     : strsignal(WTERMSIG(status)),
			 path, shared->done);
	else
		tap_note("ended with status %d by the input in %s, number %lu",
			 WEXITSTATUS(status), path, shared->done);
	write_file(path, &shared->input);
}

static unsigned long number_of(const char *variable, unsigned long otherwise)
{
	const char *text = getenv(variable);
	unsigned long long number;

	return text && str_number(text, 0, UINT32_MAX, &number) ? (unsigned long)number :
								  otherwise;
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/'), *name = slash ? slash + 1 : argv[0];
	bool writes = argc == 3 && strcmp(argv[1], "-w") == 0;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	if (argc > 1 && !writes) {
		for (int i = 1; i < argc; i++)
			if (!add_file(argv[i]))
				perror(argv[i]);
		run_corpus(0);
		vector_free(&corpus);
		return 0;
	}
	if (fuzz_seeds)
		fuzz_seeds(add_input);
	add_files(name);
	if (corpus.n == 0)
		add_input("", 0);
	if (writes) {
		for (size_t i = 0; i < corpus.n; i++) {
			cleanup_free char *path =
				xasprintf("%s/%s-%zu", argv[2], name, i);

			write_file(path, &corpus.v[i]);
		}
		vector_free(&corpus);
		return 0;
	}
	state = number_of("NSH_TEST_SEED", 1);
	test_stage(name, "inputs of the corpus", run_corpus, corpus.n);
	test_stage(name, "mutations of them", run_mutations,
		   number_of("NSH_FUZZ_RUNS", RUNS));
	vector_free(&corpus);
	return tap_done();
}
