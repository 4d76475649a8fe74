#pragma once
/// The life of a host process, as a table. Drawing: ARCHITECTURE.md "Life of a script".

#include <array>
#include <string_view>

namespace sluice::script {

enum class HostState { Starting, Idle, Running, Draining, Dead };

enum class HostEvent {
    Hello,    ///< it answered the setup
    RunSent,  ///< it has work
    Emptied,  ///< the last run in flight is done
    Retire,   ///< it asked to be replaced, or the pool no longer wants it
    Died,
};

constexpr std::string_view name_of(HostState state) {
    constexpr std::array<std::string_view, 5> kNames{"starting", "idle", "running", "draining",
                                                     "dead"};
    return kNames.at(static_cast<std::size_t>(state));
}

/// Every transition there is; what a state does not expect leaves it as it is.
constexpr HostState next_state(HostState state, HostEvent event) {
    if (event == HostEvent::Died || state == HostState::Dead) {
        return HostState::Dead;
    }
    switch (state) {
        case HostState::Starting:
            return event == HostEvent::Hello    ? HostState::Idle
                   : event == HostEvent::Retire ? HostState::Dead
                                                : state;
        case HostState::Idle:
            return event == HostEvent::RunSent  ? HostState::Running
                   : event == HostEvent::Retire ? HostState::Dead
                                                : state;
        case HostState::Running:
            return event == HostEvent::Emptied  ? HostState::Idle
                   : event == HostEvent::Retire ? HostState::Draining
                                                : state;
        case HostState::Draining:
            return event == HostEvent::Emptied ? HostState::Dead : state;
        case HostState::Dead:
            break;
    }
    return HostState::Dead;
}

}  // namespace sluice::script
