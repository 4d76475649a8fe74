#include "services/system/options.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "core/payload.h"
#include "core/words.h"
#include "services/batch_error.h"
#include "services/system/left_behind.h"

namespace sluice::services::system {
namespace {

std::string as_text(const json::value& value) {
    if (value.is_string()) {
        return std::string(value.get_string());
    }
    if (value.is_array()) {
        std::string out;
        for (const json::value& item : value.get_array()) {
            out.append(out.empty() ? "" : ",").append(as_text(item));
        }
        return out;
    }
    return value.is_null() ? std::string() : json::serialize(value);
}

/// Looks an option up under each of its names, in the query and then in the body.
class Lookup {
public:
    Lookup(const Request& request, const Body& body)
        : request_(request), body_(body.value.if_object()) {
        // Without `resource` the object is a record, and its members are fields.
        if (body_ != nullptr && !body_->contains("resource") && !body_->contains("ids") &&
            !body_->contains("filter")) {
            body_ = nullptr;
        }
    }

    std::optional<std::string> find(std::initializer_list<std::string_view> names) const {
        for (const std::string_view name : names) {
            if (const std::string* value = request_.parameters.find(name)) {
                return *value;
            }
        }
        for (const std::string_view name : names) {
            if (body_ != nullptr && body_->contains(name)) {
                return as_text(body_->at(name));
            }
        }
        return std::nullopt;
    }
    bool is_on(std::string_view name) const { return is_truthy(find({name}).value_or("")); }

private:
    const Request& request_;
    const json::object* body_;
};

Result<json::object> read_params(const std::string& text) {
    if (trimmed(text).empty()) {
        return json::object{};
    }
    SLUICE_TRY(auto params, parse_json(text, "parameter 'params'"));
    if (!params.is_object()) {
        return fail(ErrorKind::BadRequest, "Parameter 'params' must be a JSON object.");
    }
    return std::move(params.get_object());
}

Result<std::size_t> read_number(const std::optional<std::string>& text,
                                std::string_view name,
                                std::size_t fallback) {
    if (!text || text->empty()) {
        return fallback;
    }
    std::size_t number = 0;
    const auto [end, code] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (code != std::errc() || end != text->data() + text->size()) {
        return fail(ErrorKind::BadRequest,
                    "Parameter '" + std::string(name) + "' must be a whole number.");
    }
    return number;
}

bool is_one_of(std::span<const std::string_view> names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

Result<std::vector<std::string>> read_fields(std::string_view text, const RecordKind& kind) {
    std::vector<std::string> fields = words_of(text);
    if (std::ranges::find(fields, "*") != fields.end()) {
        return std::vector<std::string>();
    }
    for (const std::string& field : fields) {
        if (!is_one_of(kind.fields, field)) {
            return fail(ErrorKind::BadRequest, "Invalid field requested: " + field);
        }
    }
    // A service's configuration comes with its id and type.
    if (kind.name == "service" && std::ranges::find(fields, "id") != fields.end() &&
        std::ranges::find(fields, "type") != fields.end()) {
        fields.emplace_back("config");
    }
    return fields;
}

Result<std::vector<std::string>> read_relations(std::string_view text, const RecordKind& kind) {
    std::vector<std::string> relations = words_of(text);
    if (std::ranges::find(relations, "*") != relations.end()) {
        return std::vector<std::string>(kind.relations.begin(), kind.relations.end());
    }
    for (const std::string& relation : relations) {
        if (!is_one_of(kind.relations, relation) && !is_one_of(kind.empty_relations, relation)) {
            return fail(ErrorKind::BadRequest, "Invalid relation requested: " + relation);
        }
    }
    return relations;
}

Result<std::vector<OrderTerm>> read_order(std::string_view text, const RecordKind& kind) {
    std::vector<OrderTerm> order;
    for (const std::string& term : words_of(text)) {
        const std::size_t blank = term.find(' ');
        OrderTerm read{term.substr(0, blank), false};
        const std::string_view direction =
            blank == std::string::npos ? "" : trimmed(std::string_view(term).substr(blank));
        read.is_descending = equals_ignoring_case(direction, "desc");
        if (!is_one_of(kind.fields, read.field) ||
            !(direction.empty() || read.is_descending || equals_ignoring_case(direction, "asc"))) {
            return fail(ErrorKind::BadRequest,
                        "Invalid field '" + read.field + "' in order by clause.");
        }
        order.push_back(std::move(read));
    }
    return order;
}

/// Null before numbers and flags, those before texts.
int rank_of(const json::value& value) {
    return value.is_null() ? 0 : (value.is_string() ? 2 : 1);
}

double number_of(const json::value& value) {
    if (value.is_bool()) {
        return value.get_bool() ? 1 : 0;
    }
    json::error_code code;
    const auto number = value.to_number<double>(code);
    return code ? 0 : number;
}

bool is_before(const json::value& a, const json::value& b) {
    const int rank = rank_of(a);
    if (rank != rank_of(b)) {
        return rank < rank_of(b);
    }
    if (rank == 2) {
        return lower_case(a.get_string()) < lower_case(b.get_string());
    }
    return rank == 1 && number_of(a) < number_of(b);
}

const json::value& member(const json::value& record, std::string_view field) {
    static const json::value kNull;
    const json::value* found = record.get_object().if_contains(field);
    return found == nullptr ? kNull : *found;
}

/// The places of the records in the order that was asked for; equal ones stay as they stand.
std::vector<std::size_t> sorted(const json::array& records, const std::vector<OrderTerm>& order) {
    std::vector<std::size_t> places(records.size());
    std::iota(places.begin(), places.end(), 0U);
    std::ranges::sort(places, [&](std::size_t i, std::size_t j) {
        for (const OrderTerm& term : order) {
            const json::value& x = member(records[term.is_descending ? j : i], term.field);
            const json::value& y = member(records[term.is_descending ? i : j], term.field);
            if (is_before(x, y) || is_before(y, x)) {
                return is_before(x, y);
            }
        }
        return i < j;
    });
    return places;
}

Result<std::vector<json::object>> objects_of(const json::array& items) {
    if (items.size() > kMaxRecords) {
        return fail(ErrorKind::BadRequest,
                    "At most " + std::to_string(kMaxRecords) + " records may be sent at once.");
    }
    std::vector<json::object> objects;
    for (const json::value& item : items) {
        if (!item.is_object()) {
            return fail(ErrorKind::BadRequest, "Every record must be an object.");
        }
        objects.push_back(item.get_object());
    }
    return objects;
}

}  // namespace

Result<std::vector<json::object>> Body::records() const {
    const json::value* found = &value;
    if (const json::object* object = value.if_object()) {
        found = object->if_contains("resource");
    }
    if (found == nullptr || !found->is_array() || found->get_array().empty()) {
        return fail(no_records());
    }
    return objects_of(found->get_array());
}

Result<json::object> Body::record() const {
    const json::object* object = value.if_object();
    if (object != nullptr && !object->contains("resource")) {
        return *object;
    }
    if (object != nullptr && object->at("resource").is_object()) {
        return object->at("resource").get_object();
    }
    SLUICE_TRY(std::vector<json::object> found, records());
    return std::move(found.front());
}

Result<Body> read_body(const Request& request) {
    SLUICE_TRY(const std::optional<std::string> converted, converted_payload(request));
    Body body;
    const std::string& text = converted ? *converted : request.content;
    if (!text.empty()) {
        SLUICE_TRY(body.value, parse_json(text, "request body"));
    }
    return body;
}

Result<Options> read_options(const Request& request, const Body& body, const RecordKind& kind) {
    const Lookup lookup(request, body);
    Options options;
    if (const auto fields = lookup.find({"fields", "select"}); fields && !fields->empty()) {
        SLUICE_TRY(options.fields, read_fields(*fields, kind));
    }
    const std::string related = lookup.find({"related"}).value_or("");
    SLUICE_TRY(options.relations, read_relations(related, kind));
    options.shows_all_relations = related.find('*') != std::string::npos;
    SLUICE_TRY(options.order,
               read_order(lookup.find({"order", "sort", "order_by"}).value_or(""), kind));
    if (const auto filter = lookup.find({"filter", "where"}); filter && !filter->empty()) {
        SLUICE_TRY(const auto params, read_params(lookup.find({"params"}).value_or("")));
        SLUICE_TRY(options.filter, RecordFilter::parse(*filter, kind.fields, params));
    }
    options.ids = words_of(lookup.find({"ids"}).value_or(""));
    SLUICE_TRY(options.limit, read_number(lookup.find({"limit", "top"}), "limit", kMaxRecords));
    SLUICE_TRY(options.offset, read_number(lookup.find({"offset", "skip"}), "offset", 0));
    if (options.limit < 1 || options.limit > kMaxRecords) {
        options.limit = kMaxRecords;
    }
    options.include_count = lookup.is_on("include_count");
    options.count_only = lookup.is_on("count_only");
    options.as_list = lookup.is_on("as_list");
    options.continues = lookup.is_on("continue");
    options.rolls_back = lookup.is_on("rollback");
    if (options.continues && options.rolls_back) {
        return fail(ErrorKind::BadRequest,
                    "Rollback and continue operations can not be requested at the same time.");
    }
    return options;
}

json::object picked(const json::object& record,
                    const Options& options,
                    std::string_view key,
                    bool is_write) {
    const bool only_key = is_write && !options.fields;
    if (!only_key && (!options.fields || options.fields->empty())) {
        return record;
    }
    json::object out;
    const auto copy = [&](std::string_view field) {
        if (const json::value* value = record.if_contains(field)) {
            out[field] = *value;
        }
    };
    if (only_key) {
        copy(key);
    } else {
        std::ranges::for_each(*options.fields, copy);
    }
    std::ranges::for_each(options.relations, copy);
    if (is_write) {
        copy(kWarning);
    }
    return out;
}

json::array page_of(json::array records, const Options& options) {
    const std::vector<std::size_t> places = sorted(records, options.order);
    json::array page;
    for (std::size_t i = options.offset; i < places.size() && page.size() < options.limit; ++i) {
        page.push_back(std::move(records[places[i]]));
    }
    return page;
}

std::string listing(json::array records, std::optional<std::size_t> count) {
    json::object out;
    out["resource"] = std::move(records);
    if (count) {
        out["meta"] = json::object{{"count", *count}};
    }
    return json::serialize(out);
}

std::string named_listing(const json::array& all, const Request& request, bool shows_all) {
    Options options;
    const std::string_view fields = request.parameters.get_or("fields", shows_all ? "*" : "name");
    options.fields = words_of(fields);
    if (std::ranges::find(*options.fields, "*") != options.fields->end()) {
        options.fields->clear();
    }
    const std::vector<std::string> ids = words_of(request.parameters.get_or("ids", ""));
    json::array out;
    for (const json::value& item : all) {
        const json::object& object = item.get_object();
        const std::string_view name = text_or(object, "name", "");
        if (!ids.empty() && std::ranges::find(ids, name) == ids.end()) {
            continue;
        }
        if (request.parameters.is_on("as_list")) {
            out.push_back(json::value(name));
        } else {
            out.push_back(picked(object, options, "name", false));
        }
    }
    return listing(std::move(out), std::nullopt);
}

}  // namespace sluice::services::system
