#include "shared_objects.h"

#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <unistd.h>

namespace sluice::php {

namespace {

union Argument {
    int value;
    semid_ds* set;
    seminfo* info;
};

bool is_ours(const ipc_perm& owner) {
    return owner.cuid == geteuid();
}

void remove_memory() {
    shm_info info = {};
    const int last = shmctl(0, SHM_INFO, reinterpret_cast<shmid_ds*>(&info));
    for (int i = 0; i <= last; ++i) {
        shmid_ds found = {};
        const int id = shmctl(i, SHM_STAT, &found);
        if (id >= 0 && is_ours(found.shm_perm) && found.shm_cpid == getpid()) {
            shmctl(id, IPC_RMID, nullptr);
        }
    }
}

void remove_semaphores() {
    seminfo info = {};
    Argument argument = {};
    argument.info = &info;
    const int last = semctl(0, 0, SEM_INFO, argument);
    for (int i = 0; i <= last; ++i) {
        semid_ds found = {};
        argument.set = &found;
        const int id = semctl(i, 0, SEM_STAT, argument);
        if (id >= 0 && is_ours(found.sem_perm)) {
            semctl(id, 0, IPC_RMID);
        }
    }
}

void remove_queues() {
    msginfo info = {};
    const int last = msgctl(0, MSG_INFO, reinterpret_cast<msqid_ds*>(&info));
    for (int i = 0; i <= last; ++i) {
        msqid_ds found = {};
        const int id = msgctl(i, MSG_STAT, &found);
        if (id >= 0 && is_ours(found.msg_perm)) {
            msgctl(id, IPC_RMID, nullptr);
        }
    }
}

}  // namespace

SharedObjects::SharedObjects() : at_start_(counts()) {}

SharedObjects::Counts SharedObjects::counts() {
    Counts now;
    shm_info memory = {};
    if (shmctl(0, SHM_INFO, reinterpret_cast<shmid_ds*>(&memory)) >= 0) {
        now.memory = memory.used_ids;
    }
    seminfo semaphores = {};
    Argument argument = {};
    argument.info = &semaphores;
    if (semctl(0, 0, SEM_INFO, argument) >= 0) {
        now.semaphores = semaphores.semusz;  // under SEM_INFO: the sets that are there
    }
    msginfo queues = {};
    if (msgctl(0, MSG_INFO, reinterpret_cast<msqid_ds*>(&queues)) >= 0) {
        now.queues = queues.msgpool;  // likewise: the queues
    }
    return now;
}

bool SharedObjects::clean() const {
    const Counts now = counts();
    if (now == at_start_) {
        return true;
    }
    if (now.memory > at_start_.memory) {
        remove_memory();
    }
    // Without a namespace of the host's own others have theirs here, and nothing says who made a
    // set or a queue.
    if (now.semaphores > at_start_.semaphores && at_start_.semaphores == 0) {
        remove_semaphores();
    }
    if (now.queues > at_start_.queues && at_start_.queues == 0) {
        remove_queues();
    }
    const Counts left = counts();
    return left.memory <= at_start_.memory && left.semaphores <= at_start_.semaphores &&
           left.queues <= at_start_.queues;
}

}  // namespace sluice::php
