#include "services/sql/plan_write.h"

#include <algorithm>
#include <limits>

#include "services/sql/convert.h"
#include "services/sql/extras.h"
#include "services/sql/reread.h"

namespace sluice::services::sql {
namespace {

Error not_found(const std::string& shown) {
    return Error(ErrorKind::NotFound, "Record with identifier '" + shown + "' not found.");
}

Error can_not_be_null(const Column& column) {
    return Error(ErrorKind::BadRequest, "Field '" + column.shown() + "' can not be NULL.");
}

/// Names of a client's own in an error: a few, not too long.
constexpr std::size_t kMaxNamed = 5;
constexpr std::size_t kMaxNameBytes = 64;

std::string shortened(std::string_view name) {
    std::size_t end = std::min(kMaxNameBytes, name.size());
    while (end > 0 && end < name.size() &&
           (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80) {
        --end;  // never half of a character
    }
    return std::string(name.substr(0, end));
}

/// Records of another table inside this one: `contact_info_by_contact_id: [...]`.
bool is_related(std::string_view name, const Input& input) {
    return input.form == Input::Form::Json && name.find("_by_") != std::string_view::npos;
}

/// One value of a record, or the constant that its expression stands for.
Result<Value> value_of(const Dialect& dialect, const Column& column, const Input& input) {
    if (input.form == Input::Form::Json) {
        if (const auto expression = expression_of(input.text)) {
            const auto sql = known_expression(*expression);
            if (!sql) {
                return fail(ErrorKind::BadRequest,
                            "SQL expression '" + *expression + "' is not permitted.");
            }
            return *sql == "NULL" ? Value(Null{}) : Value(Constant{*sql});
        }
    }
    SLUICE_TRY(auto value, to_value(column, input));
    return fitted(column, std::move(value), dialect.habits().other_dates);
}

// The fields that refer to other records.
std::vector<std::string> references_in(const std::vector<Assignment>& assignments) {
    std::vector<std::string> fields;
    for (const Assignment& assignment : assignments) {
        if (assignment.column->foreign_key && !is_null(assignment.value)) {
            fields.push_back(assignment.column->shown());
        }
    }
    return fields;
}

// Other records may refer to what this change takes away: then it need not be its own reference
// that is refused.
bool changes_a_key(const std::vector<Assignment>& assignments) {
    return std::ranges::any_of(assignments, [](const Assignment& assignment) {
        return assignment.column->is_primary_key || assignment.column->is_unique;
    });
}

}  // namespace

Result<WritePlanner> WritePlanner::make(const Backend& backend,
                                        const Call& call,
                                        TableRef table,
                                        const Query& query) {
    SLUICE_TRY(auto planner, make_for(backend, call, call.grant, std::move(table), query));
    planner.allows_upsert_ = backend.settings.allows_upsert;
    return planner;
}

Result<WritePlanner> WritePlanner::make_for(const Backend& backend,
                                            const Call& call,
                                            const Grant& grant,
                                            TableRef table,
                                            const Query& query) {
    WritePlanner planner;
    planner.dialect_ = backend.dialect.get();
    planner.table_ = std::move(table);
    planner.is_primary_ = query.id_fields.empty();
    planner.budget_ =
        std::make_shared<ByteBudget>(ByteBudget{backend.settings.max_answer_bytes, 0, 0});
    planner.has_extras_ = std::ranges::any_of(
        planner.table_->columns, [](const Column& column) { return column.extras != nullptr; });
    if (call.principal && call.principal->user) {
        planner.user_id_ = Value(call.principal->user->id);
    }
    SLUICE_TRY(planner.keys_, resolve_keys(*planner.table_, query));
    if (planner.has_extras_) {
        planner.judge_ = RecordJudge(planner.table_, planner.keys_);
    }
    Query fields;  // aggregates have no place in what a write returns
    fields.fields = query.fields;
    fields.id_fields = query.id_fields;
    SLUICE_TRY(planner.returns_, resolve_fields(*planner.table_, fields, DefaultFields::Keys));
    planner.shape_ = shape_of(planner.table_, planner.returns_);
    SLUICE_TRY(planner.permitted_, resolve_grant(*planner.table_, grant));
    return planner;
}

Write WritePlanner::start() const {
    Write write;
    write.shape = shape_;
    write.budget = budget_;
    return write;
}

Write WritePlanner::refused(Error error) const {
    Write write = start();
    write.refusal = std::move(error);
    return write;
}

Result<std::vector<Assignment>> WritePlanner::assignments(const Record& record,
                                                          WritePurpose purpose) const {
    SLUICE_CHECK(check_names(*table_, record));
    SLUICE_TRY(const auto left_out, judge_.left_out(record, purpose));
    std::vector<Assignment> made;
    for (const auto& [name, input] : record) {
        const Column* column = table_->find(name);
        if (column == nullptr && is_related(name, input)) {
            return fail(ErrorKind::BadRequest,
                        "Table '" + table_->name + "' has no relation '" + shortened(name) + "'.");
        }
        const bool is_key = std::ranges::find(keys_, column) != keys_.end();
        const bool is_kept = column == nullptr || column->is_generated ||
                             (is_key && purpose != WritePurpose::Insert) ||
                             is_kept_from_clients(*column) ||
                             std::ranges::find(left_out, column) != left_out.end();
        if (is_kept) {
            continue;  // what is no column is ignored, as clients expect
        }
        SLUICE_TRY(auto value, value_of(*dialect_, *column, input));
        if (is_null(value) && column->is_auto_increment) {
            continue;
        }
        if (is_null(value) && !column->allows_null) {
            return fail(can_not_be_null(*column));
        }
        made.push_back({column, std::move(value)});
    }
    return made;
}

void WritePlanner::add_filled(std::vector<Assignment>& made, bool is_insert) const {
    if (!has_extras_) {
        return;
    }
    for (const Column& column : table_->columns) {
        if (is_filled(column, is_insert)) {
            made.push_back({&column, column.kind == Kind::DateTime
                                         ? Value(Constant{"CURRENT_TIMESTAMP"})
                                         : user_id_});
        }
    }
}

/// A change that consists of what the table does not have is a mistake, not a wish for nothing.
Status WritePlanner::check_fields(const Record& record) const {
    std::string unknown;
    std::size_t count = 0;
    for (const auto& [name, input] : record) {
        const Column* column = table_->find(name);
        if (column != nullptr && std::ranges::find(keys_, column) == keys_.end()) {
            return {};
        }
        if (column == nullptr && ++count <= kMaxNamed) {
            unknown += (count == 1 ? "'" : ", '") + shortened(name) + "'";
        }
    }
    if (count == 0) {
        return {};  // only the key: whether the record is there
    }
    return fail(ErrorKind::BadRequest, "No valid fields were found in record: the table has no " +
                                           unknown + (count > kMaxNamed ? ", ..." : "") + ".");
}

Write WritePlanner::insert_of(std::vector<Assignment> assignments) const {
    const bool says_nothing = assignments.empty();
    add_filled(assignments, true);
    if (says_nothing) {
        return refused(Error(ErrorKind::BadRequest, "No valid fields were found in record."));
    }
    for (const Column& column : table_->columns) {
        const bool is_given =
            std::ranges::find(assignments, &column, &Assignment::column) != assignments.end();
        if (!is_given && column.is_required()) {
            return refused(Error(ErrorKind::BadRequest,
                                 "Required field '" + column.shown() + "' can not be NULL."));
        }
    }
    Insert insert;
    insert.table = table_.get();
    insert.assignments = std::move(assignments);
    insert.returns = returns_;
    insert.permitted = permitted();
    Write write = start();
    write.references = references_in(insert.assignments);
    if (!dialect_->habits().returns_inserted) {
        auto reread = reread_of(*dialect_, insert, keys_);
        if (!reread) {
            return refused(std::move(reread).error());
        }
        write.reread = std::move(*reread);
    }
    write.statement = to_sql(*dialect_, insert);
    write.returns_permission = insert.permitted != nullptr;
    return write;
}

Write WritePlanner::insert(const Record& record) const {
    auto made = assignments(record, WritePurpose::Insert);
    return made ? insert_of(std::move(*made)) : refused(std::move(made).error());
}

Result<WritePlanner::Key> WritePlanner::key_of(const Record& record) const {
    if (keys_.empty()) {
        return fail(ErrorKind::BadRequest,
                    "The table has no primary key; name the identifying field with 'id_field'.");
    }
    SLUICE_CHECK(check_names(*table_, record));
    Key key;
    key.values.emplace();
    for (const Column* column : keys_) {
        const Input* input = given_for(record, *column);
        if (input == nullptr || input->form == Input::Form::Null) {
            return fail(ErrorKind::BadRequest, "Identifying field(s) not found in record.");
        }
        key.shown += (key.shown.empty() ? "" : ",") + input->text;
        auto value = to_value(*column, *input);
        value = value ? comparable(*column, std::move(*value)) : std::move(value);
        if (!value) {
            key.values.reset();
        } else if (key.values) {
            key.values->push_back(std::move(*value));
        }
    }
    return key;
}

Write WritePlanner::update(const Record& record) const {
    auto key = key_of(record);
    return key ? update_by(record, *key) : refused(std::move(key).error());
}

Write WritePlanner::update(const Record& record,
                           const std::optional<std::vector<Value>>& id,
                           std::string shown) const {
    return update_by(record, Key{id, std::move(shown)});
}

Write WritePlanner::update_by(const Record& record, const Key& key) const {
    if (!key.values) {
        return refused(not_found(key.shown));
    }
    Write write = update_of(record, equals_id(keys_, *key.values), &*key.values);
    if (write.refusal) {
        return write;
    }
    write.identifier = key.shown;
    if (!allows_upsert_) {
        return write;
    }
    auto made = assignments(record, WritePurpose::Upsert);
    if (!made) {
        return write;  // what there is may be changed so; a new record could not be
    }
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        auto value = fitted(*keys_[i], (*key.values)[i], dialect_->habits().other_dates);
        if (!value) {
            return refused(std::move(value).error());
        }
        made->push_back({keys_[i], std::move(*value)});
    }
    Write inserted = insert_of(std::move(*made));
    if (!inserted.refusal) {
        write.otherwise = std::move(inserted.statement);
        write.otherwise_reread = std::move(inserted.reread);
        write.references = std::move(inserted.references);
        // A look for the record asks for no permission; what is inserted instead must have it.
        write.returns_permission = inserted.returns_permission;
    }
    return write;
}

Write WritePlanner::update_where(const Record& record, Condition where) const {
    return update_of(record, std::move(where), nullptr);
}

Write WritePlanner::update_of(const Record& record,
                              Condition where,
                              const std::vector<Value>* id) const {
    auto made = assignments(record, WritePurpose::Change);
    if (!made) {
        return refused(std::move(made).error());
    }
    Write write = start();
    write.may_return_many = id == nullptr || !is_primary_;
    if (auto status = check_fields(record); !status) {
        return refused(std::move(status).error());
    }
    if (made->empty()) {  // nothing to change, yet the record must be there
        Select select;
        select.table = table_;
        select.sources = returns_;
        select.where = both(permitted_, std::move(where));
        write.statement = to_sql(*dialect_, select, std::numeric_limits<std::int64_t>::max());
        return write;
    }
    add_filled(*made, false);
    Update update;
    update.table = table_.get();
    update.assignments = std::move(*made);
    update.where = both(permitted_, std::move(where));
    update.returns = returns_;
    update.permitted = permitted();
    if (!dialect_->habits().returns_updated) {
        auto reread = reread_of(*dialect_, update, keys_, id);
        if (!reread) {
            return refused(std::move(reread).error());
        }
        write.reread = std::move(*reread);
    }
    if (!changes_a_key(update.assignments)) {
        write.references = references_in(update.assignments);
    }
    write.statement = to_sql(*dialect_, update);
    write.returns_permission = update.permitted != nullptr;
    return write;
}

Write WritePlanner::remove(const Record& record) const {
    auto key = key_of(record);
    return key ? remove(key->values, key->shown) : refused(std::move(key).error());
}

Write WritePlanner::remove(const std::optional<std::vector<Value>>& id, std::string shown) const {
    if (!id) {
        return refused(not_found(shown));
    }
    Write write = remove_where(equals_id(keys_, *id));
    write.may_return_many = !is_primary_;
    write.identifier = std::move(shown);
    return write;
}

Write WritePlanner::remove_where(Condition where) const {
    Delete removal;
    removal.table = table_.get();
    removal.where = both(permitted_, std::move(where));
    removal.returns = returns_;
    Write write = start();
    write.may_return_many = true;
    if (!dialect_->habits().returns_deleted) {
        write.reread = reread_of(*dialect_, removal);
    }
    write.statement = to_sql(*dialect_, removal);
    return write;
}

Write WritePlanner::remove_all() const {
    Delete removal;
    removal.table = table_.get();
    removal.where = permitted_;
    removal.returns_nothing = true;
    Write write = start();
    write.statement = to_sql(*dialect_, removal);
    return write;
}

}  // namespace sluice::services::sql
