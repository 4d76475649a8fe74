#include "last_words.h"

#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstring>

#include <sys/resource.h>
#include <unistd.h>

namespace sluice::php {

namespace {

constexpr int kExitStatus = 70;
// The system places arguments and environment above the stack's first frame, and a guard below it.
constexpr std::uintptr_t kSlack = 1U << 20U;

/// One run at a time, in one thread; the handler reads it.
struct LastWords {
    int descriptor = -1;
    pid_t process = 0;
    std::uintptr_t lowest = 0;
    std::atomic<const Channel*> channel{nullptr};
    std::atomic<std::int64_t> run{0};
};

LastWords last_words;
std::array<char, 64U << 10U> own_stack;

/// A done frame. Shape: its size in bytes.
std::size_t write_frame(char* frame, std::size_t capacity, std::int64_t run) {
    constexpr std::size_t kStart = 9;
    const int head = std::snprintf(
        frame + kStart, capacity - kStart,
        R"({"run":%lld,"error":{"class":"Error","message":"Maximum recursion depth exceeded: )"
        R"(the stack is used up."},"retire":"a script used up the stack"})",
        static_cast<long long>(run));
    const auto head_size = static_cast<std::uint32_t>(head);
    const std::uint32_t total = head_size + 5;
    std::memcpy(frame, &total, sizeof total);
    frame[4] = 'D';
    std::memcpy(frame + 5, &head_size, sizeof head_size);
    return kStart + head_size;
}

bool write_all(const char* bytes, std::size_t size) {
    while (size > 0) {
        const ssize_t sent = ::write(last_words.descriptor, bytes, size);
        if (sent <= 0) {
            return false;
        }
        bytes += sent;
        size -= static_cast<std::size_t>(sent);
    }
    return true;
}

void on_fault(int number, siginfo_t* info, void* /*context*/) {
    const auto at = reinterpret_cast<std::uintptr_t>(info->si_addr);
    const std::int64_t run = last_words.run.load();
    const bool is_overflow = at + kSlack > last_words.lowest && at < last_words.lowest + kSlack;
    if (run > 0 && is_overflow && getpid() == last_words.process) {
        const std::string_view held = last_words.channel.load()->held();
        char frame[256];
        const std::size_t size = write_frame(frame, sizeof frame, run);
        static_cast<void>(write_all(held.data(), held.size()) && write_all(frame, size));
        _exit(kExitStatus);
    }
    std::signal(number, SIG_DFL);  // happens again, and ends the process as it always did
}

}  // namespace

void install_last_words(int descriptor) {
    rlimit stack{};
    if (getrlimit(RLIMIT_STACK, &stack) != 0 || stack.rlim_cur == RLIM_INFINITY) {
        return;
    }
    last_words.descriptor = descriptor;
    last_words.process = getpid();
    last_words.lowest =
        reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)) - stack.rlim_cur;
    stack_t other{};
    other.ss_sp = own_stack.data();
    other.ss_size = own_stack.size();
    struct sigaction action {};
    action.sa_sigaction = on_fault;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    if (sigaltstack(&other, nullptr) == 0) {
        sigaction(SIGSEGV, &action, nullptr);
    }
}

void prepare_last_words(const Channel& channel, std::int64_t run) {
    last_words.channel = &channel;
    last_words.run = run;
}

}  // namespace sluice::php
