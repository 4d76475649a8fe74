#include "services/system/service_config.h"

#include <algorithm>
#include <array>

#include "core/fields.h"
#include "services/system/members.h"
#include "services/system/types.h"

namespace sluice::services::system {
namespace {

// Fields of the incumbent's services that change nothing while they are off or empty.
constexpr std::array<std::string_view, 11> kLater{
    "options",      "attributes",     "cache_enabled",          "cache_ttl",
    "storage_path", "scm_repository", "scm_reference",          "storage_service_id",
    "collation",    "queue",          "implements_access_list",
};

// Where a secret is sent, and in whose name.
constexpr std::array<std::string_view, 7> kTargets{"host",     "port", "username", "unix_socket",
                                                   "base_url", "url",  "server"};

tl::unexpected<Error> wrong(std::string_view member, const std::string& what) {
    return fail(ErrorKind::BadRequest,
                "Field 'config': '" + std::string(member) + "' " + what + ".");
}

bool is_integer(const json::value& value) {
    if (value.is_int64() || value.is_uint64()) {
        return true;
    }
    const auto* text = value.if_string();
    return text != nullptr && !text->empty() && text->size() <= 18 &&
           std::string_view(*text).find_first_not_of("0123456789", (*text)[0] == '-' ? 1 : 0) ==
               std::string_view::npos;
}

bool is_boolean(const json::value& value) {
    const auto* text = value.if_string();
    return value.is_bool() || value == json::value(0) || value == json::value(1) ||
           (text != nullptr && (is_truthy(*text) || is_nothing(value)));
}

Status check_value(std::string_view name, std::string_view type, const json::value& value) {
    if (value.is_null()) {
        return {};
    }
    if (type == "integer") {
        return is_integer(value) ? Status() : Status(wrong(name, "must be an integer"));
    }
    if (type == "boolean") {
        return is_boolean(value) ? Status() : Status(wrong(name, "must be true or false"));
    }
    if (type == "array") {
        return value.is_array() ? Status() : Status(wrong(name, "must be a list"));
    }
    if (type == "object") {
        const bool is_empty_list = value.is_array() && value.get_array().empty();
        return value.is_object() || is_empty_list ? Status()
                                                  : Status(wrong(name, "must be an object"));
    }
    return value.is_string() ? Status() : Status(wrong(name, "must be a text"));
}

const json::object* field_of(const ServiceType& type, std::string_view name) {
    for (const json::value& item : type.config_schema) {
        const json::object* field = item.if_object();
        if (field != nullptr && text_or(*field, "name", "") == name) {
            return field;
        }
    }
    return nullptr;
}

std::string text_of(const json::object& config, std::string_view name) {
    const json::value* value = config.if_contains(name);
    if (value == nullptr || value->is_null()) {
        return {};
    }
    return value->is_string() ? std::string(value->get_string()) : json::serialize(*value);
}

}  // namespace

Status check_members(const ServiceType& type, const json::object& given) {
    if (type.config_schema.empty()) {
        return {};
    }
    for (const auto& [name, value] : given) {
        if (const json::object* field = field_of(type, name)) {
            SLUICE_CHECK(check_value(name, text_or(*field, "type", ""), value));
            continue;
        }
        if (std::ranges::find(kLater, std::string_view(name)) == kLater.end()) {
            return wrong(name, "is no field of the type '" + type.name + "'");
        }
        if ((name == "options" || name == "attributes") && !is_nothing(value)) {
            // Numbers and names of PHP's PDO: what they stand for has a field of its own.
            return fail(ErrorKind::NotImplemented,
                        "Field 'config': '" + std::string(name) +
                            "' holds settings of PHP's drivers, which there are none of here; what "
                            "a connection may be told has fields of its own.");
        }
        if (name != "cache_ttl" && !is_nothing(value)) {
            return wrong(name, "is not supported yet");
        }
    }
    return {};
}

Status check_required(const ServiceType& type, const json::object& config) {
    for (const json::value& item : type.config_schema) {
        const json::object* field = item.if_object();
        if (field == nullptr || !boolean_or(*field, "required", false)) {
            continue;
        }
        const std::string_view name = text_or(*field, "name", "");
        const json::value* value = config.if_contains(name);
        const bool is_blank =
            value != nullptr && value->is_string() && trimmed(value->get_string()).empty();
        if (value == nullptr || value->is_null() || is_blank) {
            return wrong(name, "is required");
        }
    }
    return {};
}

Status check_script_config(const json::object& config) {
    for (const char* name : {"config", "queued"}) {
        const json::value* value = config.if_contains(name);
        if (value != nullptr && !is_nothing(*value)) {
            return fail(ErrorKind::NotImplemented, "Field 'config': '" + std::string(name) +
                                                       "' is not supported by this version.");
        }
    }
    const json::value* limits = config.if_contains("limits");
    return limits == nullptr ? Status() : check_limits(*limits);
}

Status check_kept_secret(std::string_view secret,
                         const json::object& before,
                         const json::object& after) {
    for (const std::string_view target : kTargets) {
        if (target != secret && text_of(before, target) != text_of(after, target)) {
            return fail(ErrorKind::BadRequest, "Field 'config': '" + std::string(target) +
                                                   "' changes, so '" + std::string(secret) +
                                                   "' must be given again.");
        }
    }
    return {};
}

}  // namespace sluice::services::system
