#include "services/sql/alter/relation_body.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "services/sql/describe.h"
#include "services/sql/labels.h"
#include "services/sql/new_table.h"

namespace sluice::services::sql {
namespace {

using Row = store::VirtualRelationRow;

constexpr std::array<std::string_view, 22> kMembers{"alias",
                                                    "name",
                                                    "label",
                                                    "description",
                                                    "native",
                                                    "type",
                                                    "field",
                                                    "is_virtual",
                                                    "ref_service_id",
                                                    "ref_table",
                                                    "ref_field",
                                                    "ref_on_update",
                                                    "ref_on_delete",
                                                    "junction_service_id",
                                                    "junction_table",
                                                    "junction_field",
                                                    "junction_ref_field",
                                                    "always_fetch",
                                                    "flatten",
                                                    "flatten_drop_prefix",
                                                    "ref_service",
                                                    "junction_service"};
constexpr std::array<std::string_view, 4> kUnsupported{"ref_service_id", "ref_service",
                                                       "junction_service_id", "junction_service"};
/// Kept beside how the relation is made.
constexpr std::array<std::string_view, 7> kBeside{
    "alias", "label", "description", "native", "always_fetch", "flatten", "flatten_drop_prefix"};
constexpr std::size_t kMaxText = 10'000;

tl::unexpected<Error> refuse(std::string message) {
    return fail(ErrorKind::BadRequest, std::move(message));
}

bool is_nothing(const json::value& value) {
    return value.is_null() || value == json::value(false) || value == json::value("") ||
           (value.is_array() && value.get_array().empty());
}

Status take(std::string& text, const json::object& said, std::string_view member) {
    const json::value* given = said.if_contains(member);
    if (given == nullptr) {
        return {};
    }
    if (!given->is_null() && (!given->is_string() || given->get_string().size() > kMaxText)) {
        return refuse("The '" + std::string(member) + "' of the relation must be a text.");
    }
    text = given->is_null() ? "" : std::string(given->get_string());
    return {};
}

Row row_of(const Relation& relation) {
    Row row;
    row.name = relation.name;
    row.type = name_of(relation.form);
    row.label = relation.label;
    row.description = relation.description;
    row.field = relation.field;
    row.ref_table = relation.ref_table;
    row.ref_field = relation.ref_field;
    row.junction_table = relation.junction_table;
    row.junction_field = relation.junction_field;
    row.junction_ref_field = relation.junction_ref_field;
    return row;
}

/// `<ref_table>_by_<field>` and so on, as for relations that foreign keys make.
std::string name_for(const Row& row) {
    const std::string& by = row.type == "belongs_to"  ? row.field
                            : row.type == "many_many" ? row.junction_table
                                                      : row.ref_field;
    return row.ref_table + "_by_" + by;
}

}  // namespace

Status check_relation_members(const json::object& said) {
    for (const auto& [name, value] : said) {
        if (std::ranges::find(kMembers, std::string_view(name)) == kMembers.end()) {
            return refuse("The relation has the unknown member '" + std::string(name) + "'.");
        }
        const bool is_unsupported =
            std::ranges::find(kUnsupported, std::string_view(name)) != kUnsupported.end();
        if (is_unsupported && !is_nothing(value)) {
            return fail(ErrorKind::NotImplemented,
                        "The '" + std::string(name) + "' of relations is not supported yet.");
        }
    }
    return {};
}

bool is_truthy_member(const json::object& said, std::string_view member) {
    const json::value* given = said.if_contains(member);
    return given != nullptr && is_truthy(given->is_string() ? std::string_view(given->get_string())
                                                            : json::serialize(*given));
}

Result<Row> read_virtual_relation(const json::object& said, const Relation* old) {
    Row row = old != nullptr ? row_of(*old) : Row{};
    struct Member {
        std::string_view name;
        std::string Row::*text;
    };
    static constexpr std::array kTexts{
        Member{"name", &Row::name},
        Member{"type", &Row::type},
        Member{"label", &Row::label},
        Member{"description", &Row::description},
        Member{"field", &Row::field},
        Member{"ref_table", &Row::ref_table},
        Member{"ref_field", &Row::ref_field},
        Member{"junction_table", &Row::junction_table},
        Member{"junction_field", &Row::junction_field},
        Member{"junction_ref_field", &Row::junction_ref_field},
    };
    for (const Member& member : kTexts) {
        SLUICE_CHECK(take(row.*member.text, said, member.name));
    }
    if (old != nullptr) {
        row.name = old->name;  // it may have been named by its alias
    }
    const auto form = form_named(row.type);
    if (!form) {
        return refuse(
            "The 'type' of a relation must be 'belongs_to', 'has_one', 'has_many' or "
            "'many_many'.");
    }
    const bool is_many_many = *form == Relation::Form::ManyMany;
    for (const Member& member : kTexts) {
        const bool is_end = member.name.find("field") != std::string_view::npos ||
                            member.name.find("table") != std::string_view::npos;
        const bool is_junction = member.name.starts_with("junction");
        if (is_end && (is_many_many || !is_junction) && (row.*member.text).empty()) {
            return refuse("The relation needs '" + std::string(member.name) + "'.");
        }
        if (is_junction && !is_many_many && !(row.*member.text).empty()) {
            return refuse("Only a relation of type 'many_many' has '" + std::string(member.name) +
                          "'.");
        }
    }
    row.name = row.name.empty() ? name_for(row) : row.name;
    // Names of ours may join two of the database's, and be longer than one.
    if (row.name.size() > 255 || row.label.size() > 255) {
        return refuse("The name and the label of a relation have at most 255 bytes.");
    }
    if (row.name != name_for(row)) {
        SLUICE_CHECK(check_name(row.name, "relation"));
    }
    row.label = row.label == label_of(row.name) ? "" : row.label;
    return row;
}

namespace {

Status take_flag(bool& flag, const json::object& said, std::string_view member) {
    const json::value* given = said.if_contains(member);
    if (given == nullptr) {
        return {};
    }
    const std::string text =
        given->is_string() ? std::string(given->get_string()) : json::serialize(*given);
    const bool is_no = text.empty() || text == "false" || text == "0" || text == "null";
    if (!is_no && !is_truthy(text)) {
        return refuse("The '" + std::string(member) + "' of the relation must be true or false.");
    }
    flag = !is_no;
    return {};
}

}  // namespace

Result<std::optional<store::RelationExtraRow>> read_relation_extra(const json::object& said,
                                                                   const Relation& relation) {
    store::RelationExtraRow row;
    row.relation = relation.name;
    row.type = name_of(relation.form);
    row.alias = relation.alias;
    if (!relation.is_virtual) {  // others keep them with what they are made of
        row.label = relation.label;
        row.description = relation.description;
        SLUICE_CHECK(take(row.label, said, "label"));
        SLUICE_CHECK(take(row.description, said, "description"));
        row.label = row.label == label_of(relation.name) ? "" : row.label;
    }
    row.always_fetch = relation.is_always_fetched;
    row.flatten = relation.is_flattened;
    row.flatten_drop_prefix = relation.drops_prefix;
    SLUICE_CHECK(take(row.alias, said, "alias"));
    row.alias = row.alias == relation.name ? "" : row.alias;
    if (!row.alias.empty() && !check_name(row.alias, "alias")) {
        return refuse(
            "The 'alias' of the relation must be 1 to 63 bytes of letters, digits, '_', '-', '$' "
            "or inner spaces.");
    }
    SLUICE_CHECK(take_flag(row.always_fetch, said, "always_fetch"));
    SLUICE_CHECK(take_flag(row.flatten, said, "flatten"));
    SLUICE_CHECK(take_flag(row.flatten_drop_prefix, said, "flatten_drop_prefix"));
    if (row.label.size() > 255) {
        return refuse("The label of a relation has at most 255 bytes.");
    }
    if (row.flatten && relation.is_list()) {
        return refuse("Only a relation of type 'belongs_to' or 'has_one' can have 'flatten'.");
    }
    const bool is_same =
        row.alias == relation.alias &&
        (relation.is_virtual ||
         (row.label == relation.label && row.description == relation.description)) &&
        row.always_fetch == relation.is_always_fetched && row.flatten == relation.is_flattened &&
        row.flatten_drop_prefix == relation.drops_prefix;
    return is_same ? std::nullopt : std::optional(std::move(row));
}

Status check_same_relation(const json::object& said, const Relation& relation) {
    SLUICE_TRY(const auto shown, parse_json(related_json(relation), "description"));
    for (const auto& [name, value] : said) {
        const json::value* now = shown.get_object().if_contains(name);
        const bool is_same = now != nullptr ? *now == value : is_nothing(value);
        const bool is_beside = std::ranges::find(kBeside, std::string_view(name)) != kBeside.end();
        const bool is_name = name == "name";  // it is what the relation was found by
        if (!is_same && !is_beside && !is_name) {
            return fail(ErrorKind::NotImplemented,
                        "The relation '" + relation.name + "' is made by a foreign key: its '" +
                            std::string(name) + "' cannot be changed here.");
        }
    }
    return {};
}

}  // namespace sluice::services::sql
