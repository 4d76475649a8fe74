#include "services/sql/related/nested_read.h"

#include <algorithm>

#include "core/fields.h"
#include "core/json_reader.h"
#include "services/sql/query.h"
#include "services/sql/related/inner_error.h"
#include "services/sql/statement.h"

namespace sluice::services::sql {
namespace {

/// Keys of one call: the filter that names them must fit its bounds.
constexpr std::size_t kMaxKeys = 1000;
constexpr std::size_t kMaxKeyBytes = std::size_t{128} << 10U;
/// As many as a client may have of one table at once.
constexpr std::size_t kMaxFound = 100'000;

/// `text` in quotes, as a filter reads it.
std::string in_quotes(std::string_view text, char quote) {
    std::string out(1, quote);
    for (const char c : text) {
        if (c == quote || c == '\\') {
            out.push_back(c == quote ? quote : '\\');
        }
        out.push_back(c);
    }
    out.push_back(quote);
    return out;
}

std::string literal_of(const std::string& key) {
    return key.starts_with('"') ? in_quotes(plain_of(key), '\'') : key;
}

/// `"field" in (..)` for the keys from `next` on that fit one call.
std::string filter_of(const NestedRead& read, std::size_t& next) {
    std::string filter = in_quotes(read.field, '"') + " in (";
    const std::size_t first = next;
    while (next < read.keys.size() && next - first < kMaxKeys && filter.size() < kMaxKeyBytes) {
        filter.append(next == first ? "" : ",").append(literal_of(read.keys[next]));
        ++next;
    }
    filter.push_back(')');
    const std::string_view wanted = trimmed(read.options.get_or("filter", ""));
    return wanted.empty() ? filter : "(" + filter + ") and (" + std::string(wanted) + ")";
}

bool names(const std::vector<std::string>& fields, std::string_view name) {
    return std::ranges::any_of(fields, [name](const std::string& field) {
        return field == "*" || equals_ignoring_case(field, name);
    });
}

/// One record of an answer; without the key when `drops_key`.
FoundRecord read_record(std::string_view json, std::string_view field, bool drops_key) {
    FoundRecord found;
    std::string name;
    JsonReader reader(json);
    reader.open();
    while (reader.next_key(name)) {
        const std::string_view value = reader.raw();
        const bool is_key = equals_ignoring_case(name, field);
        if (is_key) {
            found.key = plain_of(value);
        }
        if (drops_key && !is_key) {
            found.json.push_back(found.json.empty() ? '{' : ',');
            append_json_string(found.json, name);
            found.json.append(":").append(value);
        }
    }
    if (!drops_key) {
        found.json = json;
    } else {
        found.json += found.json.empty() ? "{}" : "}";
    }
    return found;
}

struct Page {
    std::vector<FoundRecord> records;
    /// Where the next page begins; empty after the last.
    std::string next;
};

/// `meta.next` of an answer.
std::string next_of(std::string_view meta) {
    std::string next;
    std::string name;
    JsonReader reader(meta);
    reader.open();
    while (reader.next_key(name)) {
        const std::string_view value = reader.raw();
        next = name == "next" ? plain_of(value) : next;
    }
    return next;
}

Result<Page> read_page(const NestedRead& read, const std::string& content, bool drops_key) {
    Page page;
    bool has_records = false;
    std::string name;
    JsonReader reader(content);
    reader.open();
    while (reader.next_key(name)) {
        if (name == "resource" && reader.peek() == JsonReader::Type::Array) {
            has_records = true;
            reader.open();
            while (reader.next_item()) {
                page.records.push_back(read_record(reader.raw(), read.field, drops_key));
            }
        } else if (name == "meta") {
            page.next = next_of(reader.raw());
        } else {
            reader.raw();
        }
    }
    if (!has_records || !reader.finish("answer")) {
        return fail(ErrorKind::Internal,
                    "The answer of table '" + read.table + "' is no list of records.");
    }
    return page;
}

/// The read of all pages whose filter is yet to come. `drops_key`: the caller's fields lack it.
Request request_of(const Call& caller, const NestedRead& read, bool drops_key) {
    Request request;
    request.verb = Verb::Get;
    request.path = "/api/v2/" + caller.target.service + "/_table/" + read.table;
    request.uri = request.path;
    request.headers = caller.request.headers;
    for (const char* of_the_body : {"content-type", "content-length", "accept"}) {
        request.headers.remove(of_the_body);
    }
    request.origin = caller.request.origin;
    request.origin.principal = caller.principal;
    ++request.origin.related_depth;
    request.parameters = read.options;
    const std::string key = list_of_names({read.field});
    if (drops_key) {
        request.parameters.set("fields",
                               std::string(read.options.get_or("fields", "")) + "," + key);
    }
    if (const std::string* group = read.options.find("group")) {
        request.parameters.set("group", key + "," + *group);  // each of ours has its own groups
    }
    return request;
}

}  // namespace

std::string member_text(std::string_view record, std::string_view name) {
    std::string found;
    std::string key;
    JsonReader reader(record);
    reader.open();
    while (reader.next_key(key)) {
        const std::string_view value = reader.raw();
        if (equals_ignoring_case(key, name)) {
            found = value;
        }
    }
    return found;
}

std::string plain_of(std::string_view json) {
    if (!json.starts_with('"')) {
        return std::string(json);
    }
    JsonReader reader(json);
    return reader.string();
}

Task<Result<std::vector<FoundRecord>>> read_nested(const Handler& handler,
                                                   const Call& caller,
                                                   NestedRead read,
                                                   std::size_t most_bytes) {
    std::vector<FoundRecord> found;
    std::size_t bytes = 0;
    const auto asked = parse_names(read.options.get_or("fields", "*"));
    const bool drops_key =
        !names(asked, read.field) && (read.other_name.empty() || !names(asked, read.other_name));
    Request request = request_of(caller, read, drops_key);
    for (std::size_t next = 0; next < read.keys.size();) {
        request.parameters.set("filter", filter_of(read, next));
        request.parameters.remove("offset");
        for (bool has_more = true; has_more;) {
            const Response response = co_await handler(request);
            if (response.status >= 400) {
                co_return fail(
                    error_in(response, "The records of '" + read.table + "' could not be read."));
            }
            CO_TRY(auto page, read_page(read, response.content, drops_key));
            if (found.size() + page.records.size() > kMaxFound) {
                co_return fail(ErrorKind::BadRequest,
                               "More than " + std::to_string(kMaxFound) + " records of '" +
                                   read.table + "' are related; ask for fewer with a filter.");
            }
            bytes += response.content.size();
            if (bytes > most_bytes) {
                co_return fail(too_large(most_bytes));
            }
            has_more = !page.next.empty() && !page.records.empty();
            request.parameters.set("offset", page.next);
            std::ranges::move(page.records, std::back_inserter(found));
        }
    }
    co_return found;
}

}  // namespace sluice::services::sql
