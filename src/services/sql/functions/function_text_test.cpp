#include "services/sql/functions/function_text.h"

#include <gtest/gtest.h>

namespace sluice::services::sql {
namespace {

std::string fault(std::string_view text, bool takes_value = false) {
    const Status status = check_function_text(text, "f", takes_value);
    return status ? "" : status.error().message();
}

TEST(FunctionText, TakesExpressions) {
    for (const char* text :
         {"UPPER(name)", "a + b * 2", "COALESCE(\"a\", 'it''s; -- fine')", "age::integer",
          "(SELECT COUNT(*) FROM other WHERE other.id = t.id)", "items[1]", "`odd name`",
          "CASE WHEN a = 1\n THEN 'x' ELSE 'y' END", "CONCAT(LEFT(email, 1), '***@***')"}) {
        EXPECT_EQ(fault(text), "") << text;
    }
    EXPECT_EQ(fault("LOWER({value})", true), "");
    EXPECT_EQ(fault("{value} || {value}", true), "");
}

TEST(FunctionText, EndsWhereItBegins) {
    for (const char* text :
         {"", "   ", "a; b", "a -- b", "a /* b */", "a # b", "a */ b", "(a", "a)", "(a]", "'a",
          "\"a", "`a", "a) FROM t WHERE (1 = 1", "a, b", "E'\\''", "a \\ b"}) {
        EXPECT_NE(fault(text), "") << text;
    }
    EXPECT_NE(fault(std::string(kMaxFunctionBytes + 1, 'a')), "");
    EXPECT_NE(fault(std::string("a\0b", 3)), "");
    EXPECT_NE(fault("\xff"), "");
}

TEST(FunctionText, HoldsNoPlacesOfItsOwn) {
    for (const char* text : {"a = ?", "a = $1", "a = :name", "a = @name", "'?'", "{fn NOW()}",
                             "UPPER({value})", "$$a$$"}) {
        EXPECT_NE(fault(text), "") << text;
    }
    EXPECT_NE(fault("'{value}'", true), "");
    EXPECT_NE(fault("{values}", true), "");
    EXPECT_NE(fault("{value", true), "");
}

TEST(FunctionText, NamesTheField) {
    EXPECT_EQ(fault("a;"), "A 'function' of field 'f' must not hold ';'.");
    EXPECT_EQ(fault("(a"), "A 'function' of field 'f' has a bracket that is not closed.");
}

}  // namespace
}  // namespace sluice::services::sql
