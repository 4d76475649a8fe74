#include "services/sql/routines/call_request.h"

#include <algorithm>
#include <array>

#include "core/fields.h"
#include "core/json_reader.h"
#include "core/payload.h"
#include "services/sql/routines/inline_call.h"

namespace sluice::services::sql {
namespace {

using Type = JsonReader::Type;

constexpr std::string_view kReturns = "returns";
constexpr std::string_view kWrapper = "wrapper";
constexpr std::string_view kSchema = "schema";
constexpr std::size_t kMostNameBytes = 512;

struct TypeName {
    std::string_view name;
    Kind kind;
};
constexpr std::array kTypes{
    TypeName{"integer", Kind::Integer}, TypeName{"int", Kind::Integer},
    TypeName{"bigint", Kind::Integer},  TypeName{"smallint", Kind::Integer},
    TypeName{"id", Kind::Integer},      TypeName{"float", Kind::Real},
    TypeName{"double", Kind::Real},     TypeName{"number", Kind::Real},
    TypeName{"decimal", Kind::Decimal}, TypeName{"money", Kind::Decimal},
    TypeName{"boolean", Kind::Boolean}, TypeName{"bool", Kind::Boolean},
    TypeName{"string", Kind::Text},     TypeName{"text", Kind::Text},
    TypeName{"date", Kind::Text},       TypeName{"time", Kind::Text},
    TypeName{"datetime", Kind::Text},   TypeName{"timestamp", Kind::Text},
    TypeName{"uuid", Kind::Text},       TypeName{"json", Kind::Json},
};

tl::unexpected<Error> wrong(std::string message) {
    return fail(ErrorKind::BadRequest, std::move(message));
}

Result<Kind> kind_of(std::string_view option, std::string_view type) {
    const auto found = std::ranges::find_if(
        kTypes, [type](const TypeName& known) { return equals_ignoring_case(known.name, type); });
    if (found == kTypes.end()) {
        return wrong("Option '" + std::string(option) + "' names no known type: '" +
                     std::string(type) + "'.");
    }
    return found->kind;
}

Status read_returns(std::string_view type, CallOptions& options) {
    options.returns.reset();
    if (!type.empty() && !equals_ignoring_case(type, "table")) {
        SLUICE_TRY(options.returns, kind_of(kReturns, type));
    }
    return {};
}

/// `{"field": "type"}`
Status read_schema(std::string_view text, CallOptions& options) {
    options.schema.clear();
    JsonReader reader(text);
    if (reader.peek() != Type::Object) {
        return wrong(
            "Option 'schema' is a map of the fields of results and their types; a routine of "
            "another schema is called as 'schema.name'.");
    }
    std::string field;
    reader.open();
    while (reader.next_key(field)) {
        const Input type = read_input(reader);
        if (options.schema.size() >= kMaxFields) {
            return wrong("Option 'schema' may name at most " + std::to_string(kMaxFields) +
                         " fields.");
        }
        SLUICE_TRY(const Kind kind, kind_of(kSchema, type.text));
        options.schema.emplace_back(field, kind);
    }
    return reader.finish(kSchema);
}

Status read_wrapper(std::string_view name, CallOptions& options) {
    if (name.size() > kMostNameBytes) {
        return wrong("Option 'wrapper' is too long.");
    }
    options.wrapper.reset();
    if (!name.empty()) {
        options.wrapper = name;
    }
    return {};
}

Status read_option(std::string_view option, std::string_view text, CallOptions& options) {
    return option == kReturns   ? read_returns(text, options)
           : option == kWrapper ? read_wrapper(text, options)
                                : read_schema(text, options);
}

bool is_option(std::string_view name) {
    return name == kReturns || name == kWrapper || name == kSchema;
}

Status add_named(GivenValues& values, std::string name, std::optional<Input> value) {
    if (values.by_name.size() + values.in_order.size() >= kMaxArguments) {
        return wrong("A call brings at most " + std::to_string(kMaxArguments) + " values.");
    }
    values.by_name.emplace_back(std::move(name), std::move(value));
    return {};
}

/// What lists of routines say of a parameter may be sent back with a value beside it.
bool is_member_of_parameter(std::string_view member) {
    static constexpr std::array<std::string_view, 13> kMembers{
        "name",      "value", "param_type", "type",     "db_type",  "dbType",  "length",
        "precision", "scale", "default",    "position", "required", "variadic"};
    return std::ranges::find(kMembers, member) != kMembers.end();
}

/// `{"name":"a","value":1}`; empty for any other object, which is a value itself.
std::optional<std::pair<std::string, std::optional<Input>>> named_of(std::string_view object) {
    std::pair<std::string, std::optional<Input>> found;
    bool has_name = false;
    JsonReader reader(object);
    std::string member;
    reader.open();
    while (reader.next_key(member)) {
        Input value = read_input(reader);
        if (!is_member_of_parameter(member)) {
            return std::nullopt;
        }
        if (member == "name") {
            has_name = value.form == Input::Form::Text;
            found.first = value.text;
        } else if (member == "value") {
            found.second = std::move(value);
        }
    }
    return has_name ? std::optional(std::move(found)) : std::nullopt;
}

Status read_values(std::string_view text, GivenValues& values) {
    JsonReader reader(text);
    if (reader.peek() == Type::Null) {
        return {};
    }
    if (reader.peek() == Type::Object) {
        std::string name;
        reader.open();
        while (reader.next_key(name)) {
            SLUICE_CHECK(add_named(values, name, read_input(reader)));
        }
        return reader.finish("params");
    }
    if (reader.peek() != Type::Array) {
        return wrong("'params' is a list or a map of values.");
    }
    reader.open();
    while (reader.next_item()) {
        const bool is_object = reader.peek() == Type::Object;
        Input input = read_input(reader);
        auto named = is_object ? named_of(input.text) : std::nullopt;
        if (named) {
            SLUICE_CHECK(add_named(values, std::move(named->first), std::move(named->second)));
            continue;
        }
        if (values.in_order.size() >= kMaxArguments) {
            return wrong("A call brings at most " + std::to_string(kMaxArguments) + " values.");
        }
        values.in_order.push_back(std::move(input));
    }
    return reader.finish("params");
}

Status read_member(const std::string& member, JsonReader& reader, CallRequest& call) {
    if (member == "params") {
        return read_values(reader.raw(), call.values);
    }
    if (!is_option(member)) {
        return wrong("The body of a call takes 'params', 'returns', 'schema' and 'wrapper'; '" +
                     member + "' is none of them.");
    }
    const Input input = read_input(reader);
    if (input.form == Input::Form::Null) {
        return {};
    }
    const bool is_map = member == kSchema && input.form == Input::Form::Json;
    if (!is_map && input.form != Input::Form::Text) {
        return wrong("Option '" + member + "' must be " +
                     (member == kSchema ? "a map." : "a text."));
    }
    return read_option(member, input.text, call.options);
}

Status read_body(std::string_view text, CallRequest& call) {
    JsonReader reader(text);
    if (reader.peek() == Type::End && trimmed(text).empty()) {
        return {};
    }
    if (reader.peek() != Type::Object) {
        reader.raw();
        SLUICE_CHECK(reader.finish("request body"));
        return wrong("The body of a call is an object; values stand under 'params'.");
    }
    std::vector<std::string> seen;
    std::string member;
    reader.open();
    while (reader.next_key(member)) {
        if (std::ranges::find(seen, member) != seen.end()) {
            return fail(given_twice(member));
        }
        seen.push_back(member);
        SLUICE_CHECK(read_member(member, reader, call));
    }
    return reader.finish("request body");
}

/// Parameters of a request that mean something to every resource.
bool is_option_of_all(std::string_view parameter) {
    static constexpr std::array<std::string_view, 5> kOfAll{"api_key", "session_token", "method",
                                                            "accept", "file"};
    return std::ranges::any_of(kOfAll, [parameter](std::string_view name) {
        return equals_ignoring_case(name, parameter);
    });
}

}  // namespace

Result<CallRequest> read_call_request(const Request& request, std::string_view segment) {
    CallRequest call;
    SLUICE_TRY(auto path, read_inline_call(segment));
    call.name = std::move(path.name);
    SLUICE_TRY(const auto converted, converted_payload(request));
    SLUICE_CHECK(read_body(converted ? *converted : request.content, call));
    if (path.values) {
        if (!call.values.in_order.empty()) {
            return wrong("Values come in the brackets of the path or in 'params', not in both.");
        }
        call.values.in_order = std::move(*path.values);
    }
    for (const auto& [name, text] : request.parameters) {
        if (is_option(lower_case(name))) {
            SLUICE_CHECK(read_option(lower_case(name), text, call.options));
        } else if (!is_option_of_all(name)) {
            SLUICE_CHECK(add_named(call.values, name, Input{Input::Form::Text, text}));
        }
    }
    return call;
}

}  // namespace sluice::services::sql
