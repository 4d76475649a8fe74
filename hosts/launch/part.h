#pragma once
/// How a start that cannot be what was asked for ends: closed.

namespace sluice::launch {

/// Exit codes: the arguments make no sense; an asked-for part could not be had.
inline constexpr int kUsage = 125;
inline constexpr int kRefused = 126;

/// Says on stderr which part the system refused, with errno's words, and ends with kRefused.
/// `what` may be empty.
[[noreturn]] void give_up(const char* part, const char* what = "");

/// Goes on only when `is_done`.
inline void need(bool is_done, const char* part, const char* what = "") {
    if (!is_done) {
        give_up(part, what);
    }
}

}  // namespace sluice::launch
