// The floor under a script call: a process started for each, given the event on its standard input,
// read to the end of its output, waited for. One after the other; a clean environment.
//   floor_spawn SECONDS EVENT_FILE REPLY_FILE PROGRAM ARGUMENT...
// Prints `calls N seconds S`; the first reply is kept in REPLY_FILE, and all must be the same.

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

[[noreturn]] void give_up(const char* what) {
    std::perror(what);
    std::exit(1);
}

struct Pipe {
    Pipe() {
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
            give_up("pipe2");
        }
    }
    std::array<int, 2> ends{};
};

std::string call(char** command, const std::string& event) {
    Pipe in;
    Pipe out;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in.ends[0], 0);
    posix_spawn_file_actions_adddup2(&actions, out.ends[1], 1);
    std::string path = "PATH=/usr/local/bin:/usr/bin:/bin";
    std::string language = "LANG=C.UTF-8";
    std::array<char*, 3> environment{path.data(), language.data(), nullptr};
    pid_t child = 0;
    if (::posix_spawnp(&child, command[0], &actions, nullptr, command, environment.data()) != 0) {
        give_up(command[0]);
    }
    posix_spawn_file_actions_destroy(&actions);
    ::close(in.ends[0]);
    ::close(out.ends[1]);
    // An event of some kilobytes fits into the pipe: no need to read while writing.
    if (::write(in.ends[1], event.data(), event.size()) != static_cast<ssize_t>(event.size())) {
        give_up("write");
    }
    ::close(in.ends[1]);
    std::string reply;
    std::array<char, 65536> piece{};
    ssize_t got = 0;
    while ((got = ::read(out.ends[0], piece.data(), piece.size())) > 0) {
        reply.append(piece.data(), static_cast<std::size_t>(got));
    }
    ::close(out.ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || reply.empty()) {
        std::fprintf(stderr, "%s failed\n", command[0]);
        std::exit(1);
    }
    return reply;
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 5) {
        std::fprintf(stderr, "usage: floor_spawn SECONDS EVENT_FILE REPLY_FILE PROGRAM ...\n");
        return 1;
    }
    std::signal(SIGPIPE, SIG_IGN);
    const std::chrono::duration<double> limit(std::atof(arguments[1]));
    std::ifstream source(arguments[2], std::ios::binary);
    const std::string event(std::istreambuf_iterator<char>(source), {});
    const std::string first = call(arguments + 4, event);
    std::ofstream(arguments[3], std::ios::binary) << first;
    const auto began = std::chrono::steady_clock::now();
    std::chrono::duration<double> took(0);
    int calls = 0;
    while (took < limit) {
        if (call(arguments + 4, event) != first) {
            std::fprintf(stderr, "the replies differ\n");
            return 1;
        }
        ++calls;
        took = std::chrono::steady_clock::now() - began;
    }
    std::printf("calls %d seconds %.6f\n", calls, took.count());
    return 0;
}
