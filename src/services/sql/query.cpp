#include "services/sql/query.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/fields.h"
#include "core/json.h"
#include "core/json_reader.h"

namespace sluice::services::sql {
namespace {

using Type = JsonReader::Type;

constexpr std::array<std::string_view, 7> kNo{"", "0", "false", "no", "n", "f", "off"};

/// Cut at commas outside quotes and brackets; blanks around each piece dropped.
std::vector<std::string_view> split_list(std::string_view text) {
    std::vector<std::string_view> pieces;
    std::size_t start = 0;
    std::size_t open = 0;
    char quote = '\0';
    for (std::size_t i = 0; i <= text.size(); ++i) {
        const char c = i < text.size() ? text[i] : ',';
        if (i < text.size() && quote != '\0') {
            quote = c == quote ? '\0' : quote;
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == '(') {
            ++open;
        } else if (c == ')' && open > 0) {
            --open;
        } else if (c == ',' && (open == 0 || i == text.size())) {
            const std::string_view piece = trimmed(text.substr(start, i - start));
            if (!piece.empty()) {
                pieces.push_back(piece);
            }
            start = i + 1;
        }
    }
    return pieces;
}

std::string unquoted(std::string_view text) {
    if (text.size() >= 2 && (text.front() == '\'' || text.front() == '"') &&
        text.back() == text.front()) {
        text = text.substr(1, text.size() - 2);
    }
    return std::string(text);
}

Input text_input(std::string text) {
    return {Input::Form::Text, std::move(text)};
}

/// A JSON value as an option's text: lists become comma lists.
std::string plain_text(std::string_view json) {
    JsonReader reader(json);
    switch (reader.peek()) {
        case Type::String:
            return reader.string();
        case Type::Null:
            return {};
        case Type::Array: {
            std::string joined;
            reader.open();
            while (reader.next_item()) {
                joined += joined.empty() ? "" : ",";
                joined += plain_text(reader.raw());
            }
            return joined;
        }
        default:
            return std::string(json);
    }
}

Input input_of(JsonReader& reader) {
    switch (reader.peek()) {
        case Type::String:
            return text_input(reader.string());
        case Type::Number:
            return {Input::Form::Number, std::string(reader.raw())};
        case Type::True:
            reader.raw();
            return {Input::Form::True, {}};
        case Type::False:
            reader.raw();
            return {Input::Form::False, {}};
        case Type::Null:
            reader.raw();
            return {};
        default:
            return {Input::Form::Json, std::string(reader.raw())};
    }
}

/// `ids` of a body: a list of scalars or of lists, or the text of the query string.
std::vector<Id> ids_of_json(std::string_view json) {
    JsonReader reader(json);
    if (reader.peek() == Type::String) {
        return parse_ids(reader.string());
    }
    std::vector<Id> ids;
    if (reader.peek() != Type::Array) {
        return {{input_of(reader)}};
    }
    reader.open();
    while (reader.next_item()) {
        Id id;
        if (reader.peek() == Type::Array) {
            reader.open();
            while (reader.next_item()) {
                id.push_back(input_of(reader));
            }
        } else {
            id.push_back(input_of(reader));
        }
        ids.push_back(std::move(id));
    }
    return ids;
}

/// Options by name, the query string before the body.
class Options {
public:
    Options(const Parameters& parameters, const Body* body)
        : parameters_(parameters), body_(body) {}

    /// The text of the first of `names` that is given.
    std::optional<std::string> text(std::initializer_list<std::string_view> names) const {
        for (const std::string_view name : names) {
            if (const std::string* found = parameters_.find(name)) {
                return *found;
            }
        }
        for (const std::string_view name : names) {
            if (const std::string* found = member(name)) {
                return plain_text(*found);
            }
        }
        return std::nullopt;
    }

    /// Errors: BadRequest for what is neither yes nor no.
    Result<bool> is_on(std::string_view name) const {
        const auto given = text({name});
        const std::string_view word = given ? trimmed(*given) : std::string_view{};
        if (is_truthy(word)) {
            return true;
        }
        const bool is_no = std::ranges::any_of(
            kNo, [word](std::string_view no) { return equals_ignoring_case(no, word); });
        if (!is_no) {
            return fail(ErrorKind::BadRequest,
                        "Parameter '" + std::string(name) + "' must be true or false.");
        }
        return false;
    }

    /// The JSON of a body's option that the query string does not give.
    const std::string* member(std::string_view name) const {
        return body_ == nullptr || parameters_.contains(name) ? nullptr : body_->find(name);
    }

private:
    const Parameters& parameters_;
    const Body* body_;
};

/// Null for an empty option. A limit that is no number at all is a mistake worth an answer.
Result<std::optional<std::int64_t>> integer(const Options& options,
                                            std::initializer_list<std::string_view> names) {
    const auto given = options.text(names);
    const std::string_view text = given ? trimmed(*given) : std::string_view{};
    if (text.empty()) {
        return std::nullopt;
    }
    std::int64_t number = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (code == std::errc::result_out_of_range) {
        return text.front() == '-' ? INT64_MIN : INT64_MAX;
    }
    if (code != std::errc() || end != text.data() + text.size()) {
        return fail(ErrorKind::BadRequest,
                    "Parameter '" + std::string(*names.begin()) + "' must be an integer.");
    }
    return number;
}

Status add_param(Query& query, std::string_view name, Input value) {
    if (name.starts_with(':')) {
        name.remove_prefix(1);
    }
    if (value.form == Input::Form::Json) {
        return fail(ErrorKind::BadRequest,
                    "The value of ':" + std::string(name) +
                        "' in parameter 'params' must be a single value, no object or list.");
    }
    query.params.emplace_back(std::string(name), std::move(value));
    return {};
}

Status read_params(Query& query, const Parameters& parameters, const Options& options) {
    std::string json;
    if (const std::string* given = parameters.find("params")) {
        json = *given;
    } else if (const std::string* member = options.member("params")) {
        json = *member;
    }
    if (!trimmed(json).empty()) {
        JsonReader reader(json);
        std::string name;
        if (reader.peek() != Type::Object) {
            return fail(ErrorKind::BadRequest, "Parameter 'params' must be a JSON object.");
        }
        reader.open();
        while (reader.next_key(name)) {
            SLUICE_CHECK(add_param(query, name, input_of(reader)));
        }
        SLUICE_CHECK(reader.finish("parameter 'params'"));
    }
    for (const auto& [name, value] : parameters) {  // params[:name]=value
        if (name.starts_with("params[") && name.ends_with(']')) {
            SLUICE_CHECK(add_param(query, std::string_view(name).substr(7, name.size() - 8),
                                   text_input(value)));
        }
    }
    return {};
}

/// Every parameter may be an option of a relation, by its name's beginning; without any relation
/// only those with a dot are looked at, to be refused.
void read_dotted(Query& query,
                 const Parameters& parameters,
                 const std::vector<std::pair<std::string, std::string>>& members) {
    const auto add = [&query](const std::string& name, std::string value) {
        if (!query.related.empty() || name.find('.') != std::string::npos) {
            query.dotted.emplace_back(name, std::move(value));
        }
    };
    for (const auto& [name, value] : parameters) {
        add(name, value);
    }
    for (const auto& [name, json] : members) {
        if (!parameters.contains(name)) {
            add(name, plain_text(json));
        }
    }
}

/// Drops `word` from the end of `text` when it stands there on its own.
bool take_last_word(std::string_view& text, std::string_view word) {
    if (text.size() <= word.size() ||
        !equals_ignoring_case(text.substr(text.size() - word.size()), word) ||
        (text[text.size() - word.size() - 1] != ' ' &&
         text[text.size() - word.size() - 1] != '\t')) {
        return false;
    }
    text = trimmed(text.substr(0, text.size() - word.size()));
    return true;
}

}  // namespace

std::vector<std::string> parse_names(std::string_view text) {
    std::vector<std::string> names;
    for (const std::string_view piece : split_list(text)) {
        names.push_back(unquoted(piece));
    }
    return names;
}

std::string list_of_names(const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names) {
        const char quote = name.find('"') == std::string::npos ? '"' : '\'';
        list.append(list.empty() ? "" : ",").append(1, quote).append(name).append(1, quote);
    }
    return list;
}

std::vector<Id> parse_ids(std::string_view text) {
    std::vector<Id> ids;
    for (const std::string_view piece : split_list(text)) {
        Id id;
        if (piece.size() >= 2 && piece.front() == '(' && piece.back() == ')') {
            for (const std::string_view part : split_list(piece.substr(1, piece.size() - 2))) {
                id.push_back(text_input(unquoted(part)));
            }
        } else {
            id.push_back(text_input(unquoted(piece)));
        }
        ids.push_back(std::move(id));
    }
    return ids;
}

Result<std::vector<OrderTerm>> parse_order(std::string_view text) {
    if (text.find(';') != std::string_view::npos) {
        return fail(ErrorKind::BadRequest, "Invalid order by clause in request.");
    }
    std::vector<OrderTerm> order;
    for (std::string_view piece : split_list(text)) {
        OrderTerm term;
        std::string_view before = piece;
        if (take_last_word(before, "first") && take_last_word(before, "nulls")) {
            term.nulls_first = true;
            piece = before;
        } else if (before = piece;
                   take_last_word(before, "last") && take_last_word(before, "nulls")) {
            term.nulls_first = false;
            piece = before;
        }
        term.descends = take_last_word(piece, "desc");
        if (!term.descends) {
            take_last_word(piece, "asc");
        }
        term.field = unquoted(piece);
        order.push_back(std::move(term));
    }
    return order;
}

Result<Query> parse_query(Verb verb, const Parameters& parameters, const Body& body) {
    const bool body_has_options =
        body.form == Body::Form::List ||
        (body.form == Body::Form::Single && (verb == Verb::Get || verb == Verb::Delete));
    const Options options(parameters, body_has_options ? &body : nullptr);
    Query query;
    query.fields = parse_names(options.text({"fields", "select"}).value_or(""));
    // Blanks are no filter: a DELETE or PATCH with them chooses nothing, not everything.
    query.filter = trimmed(options.text({"filter", "where"}).value_or(""));
    SLUICE_CHECK(read_params(query, parameters, options));
    SLUICE_TRY(query.limit, integer(options, {"limit", "top"}));
    SLUICE_TRY(const auto offset, integer(options, {"offset", "skip"}));
    query.offset = offset.value_or(0);
    if (query.offset < 0) {
        return fail(ErrorKind::BadRequest, "Parameter 'offset' must not be negative.");
    }
    SLUICE_TRY(query.order, parse_order(options.text({"order", "sort", "order_by"}).value_or("")));
    query.group = parse_names(options.text({"group", "group_by"}).value_or(""));
    query.having = trimmed(options.text({"having"}).value_or(""));
    if (const std::string* member = options.member("ids")) {
        query.ids = ids_of_json(*member);
        query.ids_given = true;
    } else if (const std::string* given = parameters.find("ids")) {
        query.ids = parse_ids(*given);
        query.ids_given = true;
    }
    query.id_fields = parse_names(options.text({"id_field"}).value_or(""));
    query.related = parse_names(options.text({"related"}).value_or(""));
    read_dotted(query, parameters, body_has_options ? body.members : decltype(body.members){});
    SLUICE_TRY(query.includes_count, options.is_on("include_count"));
    SLUICE_TRY(query.only_count, options.is_on("count_only"));
    SLUICE_TRY(query.includes_schema, options.is_on("include_schema"));
    SLUICE_TRY(query.lists_ids, options.is_on("as_list"));
    SLUICE_TRY(query.continues, options.is_on("continue"));
    SLUICE_TRY(query.rolls_back, options.is_on("rollback"));
    SLUICE_TRY(query.forces, options.is_on("force"));
    SLUICE_TRY(query.deletes_related, options.is_on("allow_related_delete"));
    if (query.continues && query.rolls_back) {
        return fail(ErrorKind::BadRequest,
                    "Rollback and continue operations can not be requested at the same time.");
    }
    return query;
}

}  // namespace sluice::services::sql
