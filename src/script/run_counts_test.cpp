#include "script/run_counts.h"

#include <gtest/gtest.h>

namespace sluice::script {
namespace {

TEST(RunCounts, CountsByScriptAndOutcome) {
    RunCounts counts;
    counts.add("db._table.a.get", "php", false);
    counts.add("db._table.a.get", "php", false);
    counts.add("db._table.a.get", "php", true);
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
    counts.add("s", "php", false);
    counts.add("s", "nodejs", true);
    const std::string text = counts.to_metrics();
    EXPECT_NE(text.find(R"(script="s",engine="php",outcome="ok"} 1)"), std::string::npos) << text;
    EXPECT_NE(text.find(R"(script="s",engine="nodejs",outcome="ok"} 0)"), std::string::npos);
    EXPECT_NE(text.find(R"(script="s",engine="nodejs",outcome="error"} 1)"), std::string::npos);
}

TEST(RunCounts, ForgetsWhatHasNotRunForLong) {
    RunCounts counts;
    const auto now = RunCounts::Clock::now();
    counts.add("old", "php", false, now);
    counts.add("s", "php", false, now);
    counts.add("s", "nodejs", false, now + std::chrono::hours(1));
    const std::string text = counts.to_metrics(now + RunCounts::kKept + std::chrono::minutes(1));
    EXPECT_EQ(text.find("old"), std::string::npos) << text;
    EXPECT_EQ(text.find("php"), std::string::npos) << text;
    EXPECT_NE(text.find(R"(script="s",engine="nodejs",outcome="ok"} 1)"), std::string::npos);
}

TEST(RunCounts, NamesCannotForgeLines) {
    RunCounts counts;
    counts.add("a\"} 9\nb\\", "v8js", false);
    EXPECT_NE(counts.to_metrics().find(R"(script="a\"} 9\nb\\",engine)"), std::string::npos)
        << counts.to_metrics();
}

}  // namespace
}  // namespace sluice::script
