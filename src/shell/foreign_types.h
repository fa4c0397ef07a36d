/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef NSH_SHELL_FOREIGN_TYPES_H
#define NSH_SHELL_FOREIGN_TYPES_H

#include "shell/types.h"

/* Parameters that only the words of other programs have; ended by one without a name. */
extern const struct param_type foreign_types[];
/* Grammars that several of their lines share; the same. */
extern const struct shared_grammar shared_grammars[];

#endif
