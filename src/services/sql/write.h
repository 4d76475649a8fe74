#pragma once
/// Writes as drivers run them: alone or many at once, with what must hold for each to count.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "services/sql/rows_writer.h"
#include "services/sql/statement.h"

namespace sluice::services::sql {

/// What becomes of the rest when one write of several fails.
enum class BatchMode {
    Stop,      ///< the ones before stay, the ones after are not tried
    Continue,  ///< all are tried
    Rollback,  ///< none stays
};

/// How the rows of a change come back where its statement returns none (reread.h). All of it is one
/// transaction. Without `before` and `after` a row without fields stands for each row touched.
/// The statements of `after` must find as many rows as were touched; otherwise the driver undoes
/// the write: whether the role allows it is not known.
struct Reread {
    /// Read first: the rows that the change will touch. None: nothing is changed.
    std::optional<Statement> before;
    /// The rows of `before` are the answer.
    bool before_answers = false;
    /// The answer, made of the rows of `before` once they are changed.
    std::function<std::vector<Statement>(const RowList& before)> after;
};

class Steps;

/// One statement that may change rows and returns some of them.
struct Write {
    /// Set: the record could not even be planned; this is its failure, nothing is run.
    std::optional<Error> refusal;
    Statement statement;
    /// Run instead when `statement` touched no row (upsert).
    std::optional<Statement> otherwise;
    /// Of databases that do not return rows from changes: of `statement`, and of `otherwise`.
    std::optional<Reread> reread;
    std::optional<Reread> otherwise_reread;
    /// How the answer writes the returned rows.
    RowShapeRef shape;
    /// The last returned column tells whether the caller's role allows the row as it is now.
    bool returns_permission = false;
    /// It may return more than one row. A driver runs it so that it can be undone when they are
    /// more bytes than the budget holds; a write of one record has no such limit on its own.
    bool may_return_many = false;
    /// Shared with the other writes of a batch. Null: no limit.
    std::shared_ptr<ByteBudget> budget;
    /// Set: touching no row is the error NotFound of the record with this identifier.
    std::optional<std::string> identifier;
    /// The fields written that refer to other records, by name.
    std::vector<std::string> references;
    /// Set: these are run in place of `statement`, and undone together. `may_return_many` is set
    /// then, so that a driver stands ready to undo.
    std::shared_ptr<Steps> steps;
};

struct Writes {
    std::vector<Write> writes;
    BatchMode mode = BatchMode::Stop;
    /// A table goes, or a new one takes its place: foreign keys do not act on that, and are checked
    /// at the end (SQLite).
    bool replaces_table = false;
};

/// Before the writes run, once more or for the first time: no row of them is held.
inline void hold_nothing(const std::vector<Write>& writes) {
    if (!writes.empty() && writes.front().budget) {
        writes.front().budget->held = writes.front().budget->kept;
    }
}

/// Shape: the returned rows as JSON objects joined by commas, and their number.
struct WrittenRows {
    std::string json;
    std::size_t count = 0;
};
using Written = Result<WrittenRows>;

/// Writes of which each follows from what the ones before returned, all of them one write: a record
/// with those that belong to it.
/// Threads: one at a time; a driver may call from a thread of its own while the caller waits.
class Steps {
public:
    virtual ~Steps() = default;
    /// Before the first step, also when they run once more.
    virtual void start() = 0;
    /// Empty after the last. A step has no steps of its own.
    virtual std::optional<Write> next() = 0;
    /// What came of the last one; when it failed, `told` is called and nothing more.
    virtual void take(WrittenRows rows) = 0;
    virtual Error told(Error error) const = 0;
    /// After the last one.
    virtual WrittenRows answer() = 0;
};

/// What came of one write, once its statements ran into `rows`.
/// Errors: NotFound when a record had to be there and was not, Forbidden when the role does not
///         allow the row as it became. Either way the driver must undo the write.
Written judge(const Write& write, JsonRows& rows);

/// What the caller hears of an `error` that the database gave.
/// Shape: a conflict of a write under row filters is Forbidden, in the words of a record outside of
///        them: else the answer would tell whether there is a record that the role may not see.
Error told(const Write& write, Error error);

/// A foreign key refuses the write, and the database does not say which: `error` in words that name
/// the field where only one can be meant.
Error about_references(const Write& write, Error error);

inline bool touched_nothing(const JsonRows& rows) {
    return rows.count() == 0;
}

}  // namespace sluice::services::sql
