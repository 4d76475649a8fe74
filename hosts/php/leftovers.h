#pragma once
/// What runs leave behind that the process keeps for them: open files, and files in the folders
/// that are the host's alone. A little of it is nobody's harm; more takes from the next run what it
/// needs.

#include <chrono>
#include <string>
#include <vector>

namespace sluice::php {

class Leftovers {
public:
    // Beside those open when the host has started.
    static constexpr int kMostOpen = 64;

    /// `descriptor`: any that is open. `folders`: private ones; of the machine's nothing is asked.
    Leftovers(int descriptor, std::vector<std::string> folders);

    /// After a run that took so long: why the host must go, or nothing. One system call, and a look
    /// at each folder after every 2 ms of runs, which are too short to fill one.
    [[nodiscard]] std::string look(std::chrono::microseconds took);

    /// The folders of a host with namespaces of its own; else none.
    static std::vector<std::string> private_folders();

private:
    [[nodiscard]] bool has_much_open() const;
    [[nodiscard]] static bool is_half_full(const std::string& folder);

    int bound_;
    std::vector<std::string> folders_;
    std::chrono::microseconds since_look_{0};
};

}  // namespace sluice::php
