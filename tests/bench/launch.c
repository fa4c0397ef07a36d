/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a program takes: launch FILE PROGRAM ARG... runs it and writes to FILE, as one JSON object,
 * its wall, user and system time in seconds and the peak memory of its largest process in KiB. A
 * program of its own because wait4(2) counts what the process was before it became PROGRAM too:
 * what starts it must be small, as Python is not. Ends with PROGRAM's status.
 */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double seconds(const struct timeval *time)
{
	return (double)time->tv_sec + (double)time->tv_usec / 1e6;
}

int main(int argc, char **argv)
{
	struct rusage used;
	double start, wall;
	int status, number;
	FILE *file;
	pid_t pid;

	if (argc < 3) {
		fprintf(stderr, "usage: launch FILE PROGRAM ARG...\n");
		return 2;
	}
	start = now();
	number = posix_spawnp(&pid, argv[2], NULL, NULL, argv + 2, environ);
	if (number) {
		fprintf(stderr, "launch: %s: %s\n", argv[2], strerror(number));
		return 127;
	}
	while (wait4(pid, &status, 0, &used) < 0) {
		if (errno != EINTR) {
			perror("launch: wait4");
			return 127;
		}
	}
	wall = now() - start;
	file = fopen(argv[1], "w");
	if (!file) {
		perror(argv[1]);
		return 127;
	}
	fprintf(file, "{\"wall\": %.6f, \"user\": %.6f, \"system\": %.6f, \"peak_kib\": %ld}\n",
		wall, seconds(&used.ru_utime), seconds(&used.ru_stime), used.ru_maxrss);
	if (fclose(file) != 0) {
		perror(argv[1]);
		return 127;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
