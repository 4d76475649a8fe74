#include "script/run_counts.h"

#include <gtest/gtest.h>

namespace sluice::script {
namespace {

void add(RunCounts& counts,
         const std::string& script,
         const std::string& engine,
         bool failed,
         RunCounts::Clock::time_point now = RunCounts::Clock::now()) {
    counts.add(
        {script, engine, failed, std::chrono::microseconds(20), std::chrono::microseconds(5)}, now);
}

TEST(RunCounts, CountsByScriptAndOutcome) {
    RunCounts counts;
    add(counts, "db._table.a.get", "php", false);
    add(counts, "db._table.a.get", "php", false);
    add(counts, "db._table.a.get", "php", true);
    const std::string text = counts.to_metrics();
    EXPECT_NE(
        text.find(
            R"(sluice_script_runs_total{script="db._table.a.get",engine="php",outcome="ok"} 2)"),
        std::string::npos)
        << text;
    EXPECT_NE(text.find(R"(outcome="error"} 1)"), std::string::npos);
}

TEST(RunCounts, ScriptThatChangedItsEngineIsCountedForBoth) {
    RunCounts counts;
    add(counts, "s", "php", false);
    add(counts, "s", "nodejs", true);
    const std::string text = counts.to_metrics();
    EXPECT_NE(text.find(R"(script="s",engine="php",outcome="ok"} 1)"), std::string::npos) << text;
    EXPECT_NE(text.find(R"(script="s",engine="nodejs",outcome="ok"} 0)"), std::string::npos);
    EXPECT_NE(text.find(R"(script="s",engine="nodejs",outcome="error"} 1)"), std::string::npos);
}

TEST(RunCounts, ForgetsWhatHasNotRunForLong) {
    RunCounts counts;
    const auto now = RunCounts::Clock::now();
    add(counts, "old", "php", false, now);
    add(counts, "s", "php", false, now);
    add(counts, "s", "nodejs", false, now + std::chrono::hours(1));
    const std::string text = counts.to_metrics(now + RunCounts::kKept + std::chrono::minutes(1));
    EXPECT_EQ(text.find("old"), std::string::npos) << text;
    EXPECT_EQ(text.find("php"), std::string::npos) << text;
    EXPECT_NE(text.find(R"(script="s",engine="nodejs",outcome="ok"} 1)"), std::string::npos);
}

TEST(RunCounts, NamesCannotForgeLines) {
    RunCounts counts;
    add(counts, "a\"} 9\nb\\", "v8js", false);
    EXPECT_NE(counts.to_metrics().find(R"(script="a\"} 9\nb\\",engine)"), std::string::npos)
        << counts.to_metrics();
}

TEST(RunCounts, SumsUpEachScriptInEachEngine) {
    RunCounts counts;
    add(counts, "a", "php", false);
    add(counts, "a", "php", true);
    add(counts, "a", "v8js", false);
    const std::vector<RunSummary> all = counts.summaries();
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].engine, "php");
    EXPECT_EQ(all[0].count, 2U);
    EXPECT_EQ(all[0].errors, 1U);
    EXPECT_EQ(all[0].cpu, std::chrono::microseconds(10));
    EXPECT_GE(all[0].p50, std::chrono::microseconds(20));
    EXPECT_LE(all[0].p99, std::chrono::microseconds(25));
    EXPECT_EQ(all[1].count, 1U);
    EXPECT_EQ(all[1].errors, 0U);
}

}  // namespace
}  // namespace sluice::script
