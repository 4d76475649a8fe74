#include "services/system/members.h"

#include <algorithm>
#include <array>

#include "core/fields.h"

namespace sluice::services::system {
namespace {

using Use = OtherMember::Use;

// What the answers of every resource may hold.
constexpr std::array kEverywhere{
    OtherMember{"user_by_created_by_id"},
    OtherMember{"user_by_last_modified_by_id"},
    OtherMember{"warning"},
};

const OtherMember* find(std::span<const OtherMember> members, std::string_view name) {
    const auto found = std::ranges::find(members, name, &OtherMember::name);
    return found == members.end() ? nullptr : &*found;
}

bool is_own(const RecordKind& kind, std::string_view name) {
    return std::ranges::find(kind.fields, name) != kind.fields.end() ||
           std::ranges::find(kind.relations, name) != kind.relations.end();
}

bool is_idle(const OtherMember& member, const json::value& value) {
    if (member.use == Use::Shown || is_nothing(value)) {
        return true;
    }
    if (const auto* object = value.if_object()) {
        return std::ranges::all_of(
            *object, [](const json::key_value_pair& pair) { return is_nothing(pair.value()); });
    }
    return value.is_string() && std::string_view(value.get_string()) == member.idle;
}

}  // namespace

bool is_nothing(const json::value& value) {
    if (const auto* text = value.if_string()) {
        return text->empty() || equals_ignoring_case(*text, "false") || *text == "0";
    }
    if (const auto* array = value.if_array()) {
        return array->empty();
    }
    if (const auto* object = value.if_object()) {
        return object->empty();
    }
    return value.is_null() || value == json::value(false) || value == json::value(0);
}

Status refuse_unknown(const json::object& record,
                      const RecordKind& kind,
                      std::span<const OtherMember> others) {
    for (const auto& [name, value] : record) {
        if (is_own(kind, name)) {
            continue;
        }
        const OtherMember* other = find(others, name);
        if (other == nullptr) {
            other = find(kEverywhere, name);
        }
        if (other == nullptr) {
            return fail(ErrorKind::BadRequest,
                        "Field '" + std::string(name) + "' is no field of '" + kind.name + "'.");
        }
        if (!is_idle(*other, value)) {
            return fail(ErrorKind::NotImplemented,
                        "Field '" + std::string(name) + "' is not supported by this version.");
        }
    }
    return {};
}

}  // namespace sluice::services::system
