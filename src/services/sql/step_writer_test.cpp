#include "services/sql/step_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Mark = Transaction::Mark;

constexpr TransactionWords kWords{"BEGIN",     "COMMIT",      "ROLLBACK",
                                  "SAVEPOINT", "ROLLBACK TO", "RELEASE"};
/// Of a server whose savepoints end with the transaction.
constexpr TransactionWords kWithoutRelease{"BEGIN", "COMMIT", "ROLLBACK", "SAVE", "ROLLBACK", ""};

TEST(CommandsOfAMark, HaveItsNumber) {
    EXPECT_THAT(commands_of(kWords, Mark::Set, 1), ElementsAre("SAVEPOINT mark1"));
    EXPECT_THAT(commands_of(kWords, Mark::Keep, 12), ElementsAre("RELEASE mark12"));
    EXPECT_THAT(commands_of(kWords, Mark::Undo, 2),
                ElementsAre("ROLLBACK TO mark2", "RELEASE mark2"));
}

TEST(CommandsOfAMark, GiveItUpOnlyWhereThatCanBe) {
    EXPECT_THAT(commands_of(kWithoutRelease, Mark::Set, 1), ElementsAre("SAVE mark1"));
    EXPECT_THAT(commands_of(kWithoutRelease, Mark::Keep, 1), IsEmpty());
    EXPECT_THAT(commands_of(kWithoutRelease, Mark::Undo, 1), ElementsAre("ROLLBACK mark1"));
}

}  // namespace
}  // namespace sluice::services::sql
