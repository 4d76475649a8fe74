#include "script/host_state.h"

#include <vector>

#include <gtest/gtest.h>

namespace sluice::script {
namespace {

struct Transition {
    HostState from;
    HostEvent event;
    HostState to;
};

TEST(HostState, EveryTransitionOfTheTable) {
    using S = HostState;
    using E = HostEvent;
    const std::vector<Transition> table{
        {S::Starting, E::Hello, S::Idle},
        {S::Starting, E::RunSent, S::Starting},
        {S::Starting, E::Emptied, S::Starting},
        {S::Starting, E::Retire, S::Dead},
        {S::Starting, E::Died, S::Dead},
        {S::Idle, E::Hello, S::Idle},
        {S::Idle, E::RunSent, S::Running},
        {S::Idle, E::Emptied, S::Idle},
        {S::Idle, E::Retire, S::Dead},
        {S::Idle, E::Died, S::Dead},
        {S::Running, E::Hello, S::Running},
        {S::Running, E::RunSent, S::Running},
        {S::Running, E::Emptied, S::Idle},
        {S::Running, E::Retire, S::Draining},
        {S::Running, E::Died, S::Dead},
        {S::Draining, E::Hello, S::Draining},
        {S::Draining, E::RunSent, S::Draining},
        {S::Draining, E::Emptied, S::Dead},
        {S::Draining, E::Retire, S::Draining},
        {S::Draining, E::Died, S::Dead},
        {S::Dead, E::Hello, S::Dead},
        {S::Dead, E::RunSent, S::Dead},
        {S::Dead, E::Emptied, S::Dead},
        {S::Dead, E::Retire, S::Dead},
        {S::Dead, E::Died, S::Dead},
    };
    for (const Transition& row : table) {
        EXPECT_EQ(next_state(row.from, row.event), row.to)
            << name_of(row.from) << " on event " << static_cast<int>(row.event);
    }
}

}  // namespace
}  // namespace sluice::script
