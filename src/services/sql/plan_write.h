#pragma once
/// Records -> writes. Pure. What is wrong with one record becomes that write's refusal, so that it
/// counts among the others of its batch.

#include <memory>
#include <string>
#include <vector>

#include "core/call.h"
#include "services/sql/backend.h"
#include "services/sql/plan.h"
#include "services/sql/record_judge.h"
#include "services/sql/to_sql.h"
#include "services/sql/write.h"

namespace sluice::services::sql {

/// Plans the writes of one call; what they share is worked out once.
class WritePlanner {
public:
    /// Errors: BadRequest for unknown fields, Internal for a role filter that cannot be applied.
    static Result<WritePlanner> make(const Backend& backend,
                                     const Call& call,
                                     TableRef table,
                                     const Query& query);
    /// Of another table than the call's, under `grant`; never inserts what it does not find.
    static Result<WritePlanner> make_for(const Backend& backend,
                                         const Call& call,
                                         const Grant& grant,
                                         TableRef table,
                                         const Query& query);

    Write insert(const Record& record) const;
    /// The record's own key columns say which.
    Write update(const Record& record) const;
    /// `id` empty: no such value exists. `shown` names it in errors.
    Write update(const Record& record,
                 const std::optional<std::vector<Value>>& id,
                 std::string shown) const;
    Write update_where(const Record& record, Condition where) const;
    Write remove(const Record& record) const;
    Write remove(const std::optional<std::vector<Value>>& id, std::string shown) const;
    Write remove_where(Condition where) const;
    Write remove_all() const;

    const std::vector<const Column*>& keys() const { return keys_; }
    /// Of the answer, shared by the writes of the call.
    const std::shared_ptr<ByteBudget>& budget() const { return budget_; }
    /// One answer may be made of the writes of several planners.
    void set_budget(std::shared_ptr<ByteBudget> budget) { budget_ = std::move(budget); }
    /// What the rules of the table have spent is of the whole call, too.
    const RecordJudge& judge() const { return judge_; }
    void set_judge(RecordJudge judge) { judge_ = std::move(judge); }

private:
    struct Key {
        std::optional<std::vector<Value>> values;
        std::string shown;
    };

    Result<std::vector<Assignment>> assignments(const Record& record, WritePurpose purpose) const;
    /// What the server fills in itself.
    void add_filled(std::vector<Assignment>& made, bool is_insert) const;
    Status check_fields(const Record& record) const;
    Result<Key> key_of(const Record& record) const;
    Write insert_of(std::vector<Assignment> assignments) const;
    Write refused(Error error) const;
    Write update_by(const Record& record, const Key& key) const;
    /// `id`: the change is of the one record under it.
    Write update_of(const Record& record, Condition where, const std::vector<Value>* id) const;
    Write start() const;
    const Condition* permitted() const { return permitted_.is_always() ? nullptr : &permitted_; }

    const Dialect* dialect_ = nullptr;
    TableRef table_;
    std::vector<const Column*> keys_;
    std::vector<ResultSource> returns_;
    RowShapeRef shape_;
    Condition permitted_;
    bool allows_upsert_ = false;
    /// `keys_` are the primary key: at most one record has one.
    bool is_primary_ = false;
    std::shared_ptr<ByteBudget> budget_;
    bool has_extras_ = false;
    RecordJudge judge_;
    /// Of the user who calls.
    Value user_id_ = Null{};
};

}  // namespace sluice::services::sql
