#pragma once
/// One kind of record under /system: what can be read and written of it.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/call.h"
#include "core/deadline.h"
#include "core/json.h"
#include "core/result.h"
#include "core/task.h"
#include "store/tables.h"

namespace sluice::services::system {

/// How long the reviews of one save may take in all.
inline constexpr std::chrono::milliseconds kReviewTime{3000};

struct RecordKind {
    /// The resource's name in the path, and its name for people.
    std::string name;
    std::string label;
    std::string description;
    /// "id" or "name".
    std::string_view key;
    std::vector<std::string_view> fields;
    /// What `related` may name.
    std::vector<std::string_view> relations;
    /// The resource that one needs the same right to for reading or writing the relations; the
    /// resource itself when empty.
    std::string relations_belong_to{};
    /// What `related` may name besides, though there is none of it yet: clients of the incumbent
    /// ask for it. Shown as an empty list.
    std::vector<std::string_view> empty_relations{};
};

/// A record that came in, and what had to be found out about it before the transaction.
struct Draft {
    json::object fields;
    std::optional<std::string> password_hash;
    std::optional<std::string> security_answer_hash;
    /// Whether the caller may decide which role somebody has.
    bool may_assign_roles = true;
    /// The record cannot be saved.
    std::optional<Error> fault;
};

/// Who writes.
struct Actor {
    std::optional<store::Id> user_id;
    static Actor of(const Principal& principal);
};

/// Whether the caller may do `verb` with `resource` of the same service.
bool may_also(const Call& call, Verb verb, std::string_view resource);

/// `what` needs a right to `resource`. Unauthorized when nobody is logged in, else Forbidden.
Error needs_right(const Call& call, Verb verb, std::string_view what, std::string_view resource);

/// Shape:   keys as text, records as complete JSON objects without secrets.
/// Errors:  NotFound, BadRequest, Conflict, Forbidden, and those of the database.
/// Threads: everything but `prepare` runs on the store's thread, in one transaction with others.
class Records {
public:
    virtual ~Records() = default;
    virtual const RecordKind& kind() const = 0;

    /// What takes time: hashing. On the caller's shard.
    virtual Task<Draft> prepare(const Call& call, json::object fields);

    /// What the answer to a save warns of, for instance a script that its engine would not take.
    /// `sent` are the fields that came in, `saved` is the record as it stands. On the caller's
    /// shard.
    virtual Task<std::optional<std::string>> review(const json::object& sent,
                                                    const json::object& saved,
                                                    Deadline deadline);

    virtual Result<json::array> list(store::Tables& tables) const = 0;
    virtual Result<json::object> find(store::Tables& tables, const std::string& key) const = 0;
    virtual Result<json::object> create(store::Tables& tables,
                                        const Draft& draft,
                                        const Actor& actor) const = 0;
    virtual Result<json::object> update(store::Tables& tables,
                                        const std::string& key,
                                        const Draft& draft,
                                        const Actor& actor) const = 0;
    /// The record as it was, and a `warning` when others lose something by it.
    virtual Result<json::object> remove(store::Tables& tables, const std::string& key) const = 0;

    /// Adds the member `relation` to a record.
    virtual Status relate(store::Tables& tables,
                          json::object& record,
                          std::string_view relation) const;
};

/// Errors: BadRequest naming the field when `value` is empty.
Status require_text(const std::string& value, std::string_view field);

/// "Record with identifier 'x' not found."
Error no_such_record(std::string_view key);

}  // namespace sluice::services::system
