#include "clock.h"

#include <csignal>

#include <sys/time.h>

namespace sluice::php {

namespace {

constexpr std::int64_t kAgainUs = 50'000;  // until the script has come to its end

// What a signal handler may touch.
volatile std::sig_atomic_t armed = 0;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
volatile std::sig_atomic_t struck =
    0;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

void disarm() {
    const itimerval off{};
    setitimer(ITIMER_REAL, &off, nullptr);
}

void strike(int /*signal*/) {
    if (armed == 0) {
        disarm();  // left over from a run that ended in time
        return;
    }
    struck = 1;
    zend_atomic_bool_store_ex(&EG(vm_interrupt), true);
}

void listen() {
    struct sigaction action = {};
    action.sa_handler = strike;  // without SA_RESTART: waiting must end
    sigemptyset(&action.sa_mask);
    sigaction(SIGALRM, &action, nullptr);
}

void (*next_interrupt)(zend_execute_data*) = nullptr;  // NOLINT

void interrupt(zend_execute_data* data) {
    if (Run* run = active_run(); struck != 0 && run != nullptr) {
        stop_for_wall(*run);
        return;
    }
    if (next_interrupt != nullptr) {
        next_interrupt(data);
    }
}

}  // namespace

void install_clock() {
    listen();
    next_interrupt = zend_interrupt_function;
    zend_interrupt_function = interrupt;
}

void start_clock(std::int64_t wall_ms, bool checks_handler) {
    struck = 0;
    armed = wall_ms > 0 ? 1 : 0;
    if (checks_handler) {
        listen();
    }
    if (wall_ms <= 0) {
        return;
    }
    itimerval timer{};
    timer.it_value.tv_sec = wall_ms / 1000;
    timer.it_value.tv_usec = wall_ms % 1000 * 1000;
    timer.it_interval.tv_usec = kAgainUs;
    setitimer(ITIMER_REAL, &timer, nullptr);
}

void stop_clock() {
    // Not disarmed: the next run sets it anew, and that saves a call of the kernel each time.
    armed = 0;
    struck = 0;
}

bool wall_struck() {
    return struck != 0;
}

void stop_for_wall(Run& run) {
    run.stop(Limit::Wall, "The script ran longer than its time limit.");
}

}  // namespace sluice::php
