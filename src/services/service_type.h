#pragma once
/// A type of service that can be configured, as clients see it.

#include <functional>
#include <string>
#include <string_view>

#include "core/json.h"
#include "core/result.h"

namespace sluice::services {

struct ServiceType {
    std::string name;
    std::string label;
    std::string description;
    std::string group;
    /// There is one of it, and it is there from the start.
    bool is_singleton = false;
    bool has_editable_definition = false;
    /// `{name,label,type,description,required,default,...}` per field; type "password" is a secret.
    json::array config_schema;
    /// Whether a configuration can work, as far as that can be told without trying; unset: always.
    /// Errors: BadRequest naming the field.
    std::function<Status(const json::object& config)> check_config = {};
};

/// One entry of `config_schema`. `type`: string, integer, boolean, text, password, array, object.
json::object config_field(std::string_view name,
                          std::string_view label,
                          std::string_view type,
                          std::string_view description,
                          bool is_required = false,
                          json::value fallback = nullptr);

}  // namespace sluice::services
