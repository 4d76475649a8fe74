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

TEST(RunCounts, NamesCannotForgeLines) {
    RunCounts counts;
    counts.add("a\"} 9\nb\\", "v8js", false);
    EXPECT_NE(counts.to_metrics().find(R"(script="a\"} 9\nb\\",engine)"), std::string::npos)
        << counts.to_metrics();
}

}  // namespace
}  // namespace sluice::script
