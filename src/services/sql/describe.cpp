#include "services/sql/describe.h"

#include "services/sql/default_value.h"
#include "services/sql/extras.h"
#include "services/sql/labels.h"
#include "services/sql/object_text.h"

namespace sluice::services::sql {
namespace {

std::optional<std::string> part_of(const Column& column, std::string ForeignKey::*part) {
    return column.foreign_key ? std::optional(*column.foreign_key.*part) : std::nullopt;
}

std::optional<std::string> text_if(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

}  // namespace

std::string field_json(const Column& column) {
    ObjectText out;
    out.text_or_null("alias", text_if(column.alias));
    out.text("name", column.name);
    const ColumnExtras nothing;
    const ColumnExtras& extras = column.extras ? *column.extras : nothing;
    out.text("label", extras.label.empty() ? label_of(column.name) : extras.label);
    out.text_or_null("description", text_if(extras.description));
    out.raw("native", "[]");
    out.text("type", extras.extra_type.empty() ? column.type : extras.extra_type);
    out.text("db_type", column.db_type);
    out.number("length", column.length);
    out.number("precision", column.precision);
    out.number("scale", column.scale);
    out.raw("default", default_json(column));
    out.yes_no("required", column.is_required());
    out.yes_no("allow_null", column.allows_null);
    out.yes_no("fixed_length", column.is_fixed_length);
    out.yes_no("supports_multibyte", column.kind == Kind::Text);
    out.yes_no("auto_increment", column.is_auto_increment);
    out.yes_no("is_primary_key", column.is_primary_key);
    out.yes_no("is_unique", column.is_unique);
    out.yes_no("is_index", column.is_index);
    out.yes_no("is_foreign_key", column.foreign_key.has_value());
    out.text_or_null("ref_table", part_of(column, &ForeignKey::table));
    out.text_or_null("ref_field", part_of(column, &ForeignKey::column));
    out.text_or_null("ref_on_update", part_of(column, &ForeignKey::on_update));
    out.text_or_null("ref_on_delete", part_of(column, &ForeignKey::on_delete));
    out.raw("picklist", extras.picklist.empty() ? "null" : extras.picklist);
    out.raw("validation", extras.validation.empty() ? "null" : extras.validation);
    out.raw("db_function", extras.db_function.empty() ? "[]" : extras.db_function);
    out.yes_no("is_virtual", column.is_virtual);
    out.yes_no("is_aggregate", false);
    return out.take();
}

std::string related_json(const Relation& relation) {
    ObjectText out;
    out.text_or_null("alias", text_if(relation.alias));
    out.text("name", relation.name);
    out.text("label", relation.label.empty() ? label_of(relation.name) : relation.label);
    out.text_or_null("description", text_if(relation.description));
    out.raw("native", "[]");
    out.text("type", name_of(relation.form));
    out.text("field", relation.field);
    out.yes_no("is_virtual", relation.is_virtual);
    out.null("ref_service_id");
    out.text("ref_table", relation.ref_table);
    out.text("ref_field", relation.ref_field);
    out.text_or_null("ref_on_update", text_if(relation.on_update));
    out.text_or_null("ref_on_delete", text_if(relation.on_delete));
    out.null("junction_service_id");
    out.text_or_null("junction_table", text_if(relation.junction_table));
    out.text_or_null("junction_field", text_if(relation.junction_field));
    out.text_or_null("junction_ref_field", text_if(relation.junction_ref_field));
    out.yes_no("always_fetch", relation.is_always_fetched);
    out.yes_no("flatten", relation.is_flattened);
    out.yes_no("flatten_drop_prefix", relation.drops_prefix);
    return out.take();
}

std::string describe_json(const Table& table, const Relations& relations, VerbSet verbs) {
    std::vector<std::string> keys;
    for (const std::size_t key : table.keys) {
        keys.push_back(json_string(table.columns[key].name));
    }
    std::vector<std::string> fields;
    for (const Column& column : table.columns) {
        fields.push_back(field_json(column));
    }
    std::vector<std::string> related;
    for (const Relation& relation : relations) {
        related.push_back(related_json(relation));
    }
    ObjectText out;
    out.text_or_null("alias", text_if(table.alias));
    out.text("name", table.name);
    const TableLabels nothing;
    const TableLabels& labels = table.labels ? *table.labels : nothing;
    const std::string label = labels.label.empty() ? label_of(table.name) : labels.label;
    out.text("label", label);
    out.text_or_null("description", text_if(labels.description));
    out.raw("native", "[]");
    out.text("plural", labels.plural.empty() ? plural_of(label) : labels.plural);
    out.yes_no("is_view", table.is_view);
    out.raw("primary_key", list_of(keys));
    out.text_or_null("name_field", text_if(labels.name_field));
    out.raw("field", list_of(fields));
    out.raw("related", list_of(related));
    out.raw("constraints", "{}");
    out.raw("access", std::to_string(verbs.bits()));
    return out.take();
}

}  // namespace sluice::services::sql
