#pragma once
/// What a record may carry besides its own fields, so that it can be sent back as it was read, here
/// or from the incumbent.

#include <span>
#include <string_view>

#include "core/json.h"
#include "core/result.h"
#include "services/system/records.h"

namespace sluice::services::system {

/// Whether a value asks for nothing: null, false, 0 or empty.
bool is_nothing(const json::value& value);

struct OtherMember {
    enum class Use {
        /// Made up on reading, or taken elsewhere: passed over, whatever it holds.
        Shown,
        /// Would change what is done, and cannot yet: passed over when it, or every member of it,
        /// asks for nothing.
        NotYet,
    };
    std::string_view name;
    Use use = Use::Shown;
    /// A text that asks for nothing, too.
    std::string_view idle = "";
};

/// Whether every member of `record` is a field or relation of the kind, or one of `others`.
/// Errors: BadRequest naming a member that is none, NotImplemented naming one that is not done yet.
Status refuse_unknown(const json::object& record,
                      const RecordKind& kind,
                      std::span<const OtherMember> others);

}  // namespace sluice::services::system
