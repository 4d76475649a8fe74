#pragma once
/// Records with those of other tables inside, as a request gives them, looked up and ready to be
/// written. Source: docs/reference/relations.md "Writing".

#include "services/sql/related/nested_table.h"

namespace sluice::services::sql {

/// A call writes no more of them, and none deeper inside of others.
inline constexpr std::size_t kMaxNested = 10'000;
inline constexpr int kMaxNestedDepth = 5;

struct NestedMember;

struct NestedRecord {
    enum class Way {
        Insert,   ///< it is new
        Upsert,   ///< it is changed where `by` finds it, else it is new
        Find,     ///< only what it is known by is given: it must be there, and stays as it is
        Adopt,    ///< the same, but it is made to belong to the record around it
        Release,  ///< it no longer belongs to the record around it
    };
    Way way = Way::Insert;
    TableRef table;
    /// Without the members below.
    Record own;
    /// What it is known by.
    std::vector<const Column*> by;
    /// Released from the table itself, since it cannot be without the record around it.
    bool is_deleted = false;
    std::vector<NestedMember> members;
    /// `contact_info_by_contact_id[2]`, for errors; empty for what the request itself is about.
    std::string path;
};

struct NestedMember {
    Relation relation;
    NestedTableRef table;
    /// Of ManyMany only.
    NestedTableRef junction;
    std::vector<NestedRecord> records;
    std::string path;
    /// Our column that takes part, and theirs.
    const Column* field = nullptr;
    const Column* ref_field = nullptr;
    /// Of ManyMany only: the columns of the table between that refer to us, and to them.
    std::vector<const Column*> pair;
};

/// Whether a member may hold records of a relation: the quick "no" for what only has columns.
bool may_hold_records(const Table& table, const Record::Item& member);

/// Reads the records of one call.
/// Threads: the shard of the call. `caller` and `backend` must outlive it.
class NestedReader {
public:
    NestedReader(Backend& backend, const Call& caller, bool deletes_related)
        : backend_(backend), caller_(caller), deletes_related_(deletes_related) {}

    /// What a request says about one record of `table`.
    /// Errors: BadRequest for what is wrong with this record; others are of the whole call.
    Task<Result<NestedRecord>> read(TableRef table, const Record& record);
    /// As NestedTable::finish, of all tables met.
    Status finish();
    /// Some of them are written by calls.
    bool has_calls() const;
    /// Records inside of others, so far.
    std::size_t count() const { return count_; }

private:
    Task<Status> read_members(const Table& table,
                              RelationsRef relations,
                              const Record& record,
                              int depth,
                              NestedRecord& made);
    Task<Result<NestedMember>> read_member(
        const Table& table, Relation relation, std::string path, const Input& input, int depth);
    Task<Result<NestedTableRef>> table_of(std::string name);
    Status judge(const NestedMember& member, NestedRecord& record);
    Status judge_other(const NestedMember& member, NestedRecord& record);
    Status judge_child(const NestedMember& member, NestedRecord& record);
    Status judge_release(const NestedMember& member, NestedRecord& record);

    Backend& backend_;
    const Call& caller_;
    bool deletes_related_;
    NestedTables tables_;
    std::size_t count_ = 0;
};

}  // namespace sluice::services::sql
