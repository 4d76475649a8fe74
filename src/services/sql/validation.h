#pragma once
/// What the values of a field must be beyond what its column takes.
/// Source: docs/reference/schema-api.md.

#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"
#include "services/sql/records.h"

namespace sluice::services::sql {

/// Threads: any, it never changes.
class Validation {
public:
    virtual ~Validation() = default;

    enum class Verdict { Takes, LeavesOut };
    /// `input` null: the record does not speak of the field.
    /// Errors: BadRequest in the words of the rule, or in ours with the field's name.
    virtual Result<Verdict> judge(const Input* input, bool is_insert) const = 0;
};
using ValidationRef = std::shared_ptr<const Validation>;

/// From the JSON texts of `validation` (an object) and `picklist` (a list); both may be empty.
/// Shape:  null when neither asks for anything.
/// Errors: BadRequest naming the field, the rule and what is wrong with it.
Result<ValidationRef> read_validation(std::string_view validation,
                                      std::string_view picklist,
                                      std::string_view field);

}  // namespace sluice::services::sql
