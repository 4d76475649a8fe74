#pragma once
/// /system/event_script: the scripts attached to events.

#include "services/system/collection.h"
#include "services/system/row_records.h"
#include "services/system/types.h"

namespace sluice::services::system {

/// A script whose text the engine would not take, or whose event does not exist, is saved all the
/// same; the answer warns.
/// Errors: BadRequest (name, also one that differs from another in case only, type, limits,
/// transaction, references), Conflict, ServiceUnavailable (scripting is
///         switched off).
class EventScriptRecords : public RowRecords<store::EventScriptRow> {
public:
    /// `databases`: the types of service that have transactions.
    EventScriptRecords(std::vector<ScriptType> types,
                       std::vector<std::string> databases,
                       DisabledEngines disabled,
                       CheckSyntax check_syntax,
                       ListDescriptions descriptions);

    Task<std::optional<std::string>> review(const json::object& sent,
                                            const json::object& saved,
                                            Deadline deadline) override;

protected:
    std::span<const FieldRule> rules() const override;
    std::span<const OtherMember> others() const override;
    Status apply(const Draft& draft,
                 store::EventScriptRow& row,
                 const store::EventScriptRow* before) const override;
    Status check(store::Tables& tables,
                 store::EventScriptRow& row,
                 const store::EventScriptRow* before) const override;

private:
    std::vector<ScriptType> types_;
    std::vector<std::string> databases_;
    DisabledEngines disabled_;
    CheckSyntax check_syntax_;
    ListDescriptions descriptions_;
};

/// The collection, with POST to a name: creates the script or changes it.
class EventScripts : public Collection {
public:
    using Collection::Collection;

protected:
    Task<Result<Response>> create_one(const Call& call, std::string key) override;
};

}  // namespace sluice::services::system
