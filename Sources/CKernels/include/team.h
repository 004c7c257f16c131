// A team of threads for work that is split in milliseconds or less.
#ifndef CK_TEAM_H
#define CK_TEAM_H

typedef struct ck_team ck_team;

/// A team of `size` (1 ... 64) threads, the caller being one of them; NULL if the system refuses threads.
ck_team *ck_team_create(int size);
void ck_team_destroy(ck_team *team);
int ck_team_size(const ck_team *team);
/// Calls work(context, part, size) once for every part, on the caller and whichever threads are free, and returns when all are done. Calls from
/// several threads at once queue up; work must not call the same team. Waiting threads spin for some tens of microseconds, then sleep.
void ck_team_run(ck_team *team, void (*work)(void *context, int part, int parts), void *context);

#endif
