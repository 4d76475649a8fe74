#pragma once
/// /system/user and /system/admin: two views of one table.

#include <array>

#include "access/accounts.h"
#include "services/system/collection.h"
#include "services/system/row_json.h"
#include "services/system/row_records.h"

namespace sluice::services::system {

enum class Users { Ordinary, Admins };

/// `password` and `security_answer` are written, never shown.
/// Errors: BadRequest (e-mail, password, user name, references), Conflict (e-mail or user name
///         taken), Forbidden (the last administrator).
class UserRecords : public RowRecords<store::UserRow> {
public:
    UserRecords(access::Accounts& accounts, Users which);

    Task<Draft> prepare(const Call& call, json::object fields) override;
    Status relate(store::Tables& tables,
                  json::object& record,
                  std::string_view relation) const override;

protected:
    store::UserRow fresh() const override;
    bool belongs(const store::UserRow& row) const override;
    std::span<const FieldRule> rules() const override;
    std::span<const OtherMember> others() const override;
    Status apply(const Draft& draft,
                 store::UserRow& row,
                 const store::UserRow* before) const override;
    Status check(store::Tables& tables,
                 store::UserRow& row,
                 const store::UserRow* before) const override;
    Status check_remove(store::Tables& tables, const store::UserRow& row) const override;
    Status save_relations(store::Tables& tables,
                          const store::UserRow& row,
                          const Draft& draft) const override;

private:
    access::Accounts& accounts_;
    Users which_;
};

/// The collection of administrators: no role lets others than administrators write here.
class Admins : public Collection {
public:
    using Collection::Collection;

    /// Errors: those of the collection; Forbidden for a write by somebody else.
    Task<Result<Response>> handle(const Call& call) override;
};

/// How long what users say about themselves may be, whoever writes it.
inline constexpr std::array kUserTexts{FieldRule{"username", 64}, FieldRule{"first_name", 64},
                                       FieldRule{"last_name", 64}, FieldRule{"phone", 32}};

/// Errors: BadRequest for a user name that is too short or has blanks; none at all is good.
Status check_username(const std::string& username);

/// Tidies and judges what every writer of a user must obey: e-mail, names, user name.
/// Errors: BadRequest naming the field.
Status check_user(store::UserRow& row);

}  // namespace sluice::services::system
