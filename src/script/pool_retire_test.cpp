// What becomes of the runs that were sent to a host which then retires.

#include <filesystem>
#include <fstream>

#include "script/pool_fixture.h"

namespace sluice::script {
namespace {

class PoolRetireTest : public PoolTest {
protected:
    PoolRetireTest() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "sluice-retire-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
    }
    ~PoolRetireTest() override {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    std::string flag() const { return folder_ + "/flag"; }
    std::string counter() const { return folder_ + "/counter"; }
    std::uintmax_t counted() const { return std::filesystem::file_size(counter()); }
    /// The next run that looks for the flag retires its host.
    void raise_flag() const { std::ofstream(flag()) << "now"; }
    /// Counts its runs.
    std::string text() const { return "retire_at " + flag() + " count " + counter(); }

    static std::set<std::string> pids_of(const std::vector<Result<Outcome>>& ends) {
        std::set<std::string> pids;
        for (const auto& end : ends) {
            EXPECT_TRUE(end) << end.error().message();
            EXPECT_FALSE(end && end->raised);
            pids.insert(pid_of(end));
        }
        return pids;
    }

    std::string folder_;
};

TEST_F(PoolRetireTest, RunsBehindTheLastOneAreRunOnceElsewhere) {
    make_known(text());
    const std::string host = pid_of(run({text()})[0]);
    const auto before = counted();
    raise_flag();
    const auto ends = run(std::vector<std::string>(24, text()));
    const std::set<std::string> pids = pids_of(ends);
    EXPECT_EQ(std::ranges::count(ends, host, pid_of), 1) << "it started another run";
    EXPECT_GE(pids.size(), 2U);
    EXPECT_EQ(counted(), before + 24);
}

TEST_F(PoolRetireTest, RunsOfOthersInTheSandboxAreTakenBackToo) {
    settings_.is_sandboxed = true;
    const std::string other = "count " + counter();
    make_known(text());
    make_known(other);
    const std::string host = pid_of(run({text()})[0]);
    const auto before = counted();
    raise_flag();
    const auto ends = run({text(), other, other, other, other});
    pids_of(ends);
    EXPECT_EQ(std::ranges::count(ends, host, pid_of), 1) << "it started another run";
    EXPECT_EQ(counted(), before + 5);
}

TEST_F(PoolRetireTest, NoRunIsLostToAScriptThatCostsAHostEachTime) {
    const auto ends = run(std::vector<std::string>(20, "retire count " + counter()));
    EXPECT_EQ(pids_of(ends).size(), 20U);
    EXPECT_EQ(counted(), 20U);
}

TEST_F(PoolRetireTest, ScriptThatCostsAHostHasNothingQueuedBehindIt) {
    const std::string peeks = text() + " peek 0.03";
    make_known(peeks);
    const std::vector<std::string> texts(4, peeks);
    const auto is_queued = [](const auto& end) { return seen_by(end) == 299; };
    EXPECT_TRUE(std::ranges::any_of(run(texts), is_queued)) << "nothing is to be seen";
    raise_flag();
    run({peeks});
    EXPECT_TRUE(std::ranges::none_of(run(texts), is_queued));
}

TEST_F(PoolRetireTest, RunsTakenBackAreNotTurnedAwayForTheLengthOfTheLine) {
    settings_.max_hosts = 1;
    settings_.limits.request.wall = milliseconds(20'000);
    make_known(text());
    raise_flag();
    std::vector<std::string> texts(8, text());
    texts.insert(texts.end(), 1000, "a");
    const auto ends = run(texts);
    EXPECT_TRUE(std::ranges::all_of(ends, [](const auto& end) { return end.has_value(); }));
}

}  // namespace
}  // namespace sluice::script
