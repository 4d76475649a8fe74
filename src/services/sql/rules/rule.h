#pragma once
/// One rule of `validation`. Source: docs/reference/schema-api.md.

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "core/json.h"
#include "core/result.h"
#include "services/sql/records.h"

namespace sluice::services::sql {

struct Rule {
    std::string name;
    /// What is said; empty: our own words.
    std::string message;
    bool leaves_out = false;
    /// Asked about null, about nothing, and about empty texts too.
    bool asks_always = false;
    /// Whether a value (never null, unless `asks_always`) may stand there.
    std::function<bool(const Input&)> test;
};

/// What `picklist` offers.
using Picks = std::set<std::string, std::less<>>;

/// From a list as JSON text; none when that is empty.
/// Errors (both): BadRequest, in words that follow "The rule ... is wrong: ".
Result<Picks> read_picks(std::string_view text);
Result<Rule> read_rule(std::string_view name, const json::value& given, const Picks& picks);

/// The rule that a list of picks is by itself.
Rule picklist_rule(Picks picks);

/// What a rule says when its words are not given.
std::string own_words(std::string_view rule, const std::string& field);

}  // namespace sluice::services::sql
