#pragma once
/// The rows of the server's own tables, as the other rooms see them. Columns: store/migrations/.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/call.h"

namespace sluice::store {

using Id = std::int64_t;

/// Dates are UTC text, "2026-11-21 08:50:20".
struct Stamps {
    std::string created_date;
    std::string last_modified_date;
    std::optional<Id> created_by_id;
    std::optional<Id> last_modified_by_id;
};

/// A configured instance of a connector.
struct ServiceRow {
    Id id = 0;
    std::string name;
    std::string label;
    std::string description;
    std::string type;
    bool is_active = true;
    bool is_mutable = true;
    bool is_deletable = true;
    /// One JSON object as text; may hold secrets.
    std::string config = "{}";
    Stamps stamps;
};

struct AppRow {
    Id id = 0;
    std::string name;
    std::string api_key;
    std::string description;
    bool is_active = true;
    /// 0 none, 1 storage, 2 URL, 3 path
    int type = 0;
    std::string path;
    std::string url;
    std::optional<Id> storage_service_id;
    std::string storage_container;
    bool requires_fullscreen = false;
    bool allow_fullscreen_toggle = true;
    std::string toggle_location;
    /// The role of callers who bring this key and nothing else.
    std::optional<Id> role_id;
    Stamps stamps;
};

/// One line of a role: what it grants on which component of which service.
struct RoleAccessRow {
    Id id = 0;
    Id role_id = 0;
    /// Unset: every service.
    std::optional<Id> service_id;
    std::string component;
    VerbSet verbs;
    /// Bits of Requestor.
    int requestor_mask = 0;
    std::vector<RowFilter> filters;
    bool filters_joined_by_or = false;
};

struct RoleRow {
    Id id = 0;
    std::string name;
    std::string description;
    bool is_active = true;
    std::vector<RoleAccessRow> accesses;
    Stamps stamps;
};

struct UserRow {
    Id id = 0;
    std::string name;
    std::string username;
    std::string first_name;
    std::string last_name;
    std::string email;
    std::string phone;
    /// An argon2id string of libsodium, or empty: no log-in by password.
    std::string password_hash;
    bool is_active = true;
    bool is_sys_admin = false;
    bool is_confirmed = true;
    std::string last_login_date;
    std::optional<Id> default_app_id;
    std::string security_question;
    std::string security_answer_hash;
    Stamps stamps;
};

/// Which role a user has in which app.
struct UserAppRoleRow {
    Id id = 0;
    Id user_id = 0;
    Id app_id = 0;
    Id role_id = 0;
};

/// A script attached to an event. `name` ends in its stage; the bare event name is the final stage.
struct EventScriptRow {
    std::string name;
    std::string type;
    std::string content;
    /// JSON text of an object.
    std::string config = "{}";
    bool is_active = false;
    bool allow_event_modification = false;
    std::optional<Id> storage_service_id;
    std::string storage_path;
    std::string scm_repository;
    std::string scm_reference;
    /// JSON text of an object: wall_ms, cpu_ms, memory_mb, output_kb, api_calls, depth.
    std::string limits = "{}";
    /// "strict", or empty.
    std::string isolation;
    /// The call and what the script does to the same service are one transaction.
    bool transaction = false;
    Stamps stamps;
};

/// What is kept about a table of a database service. Empty texts: nothing.
struct TableExtraRow {
    Id id = 0;
    Id service_id = 0;
    std::string table;
    std::string alias;
    std::string label;
    std::string plural;
    std::string description;
    std::string name_field;
};

/// What is kept about a field of such a table.
struct FieldExtraRow {
    Id id = 0;
    Id service_id = 0;
    std::string table;
    std::string field;
    std::string alias;
    std::string label;
    std::string description;
    /// A type that the database does not know: timestamp_on_update, user_id_on_create ...
    std::string extra_type;
    /// JSON text of a list.
    std::string picklist;
    /// JSON text of an object.
    std::string validation;
    /// JSON text of a list: `[{"use":["SELECT"],"function":"UPPER(name)"}]`.
    std::string db_function;
    /// No column of the table: `extra_type` is its type, and it is what a function gives.
    bool is_virtual = false;
};

/// What is kept about a relation of such a table, whatever makes it.
struct RelationExtraRow {
    Id id = 0;
    Id service_id = 0;
    std::string table;
    std::string relation;
    /// belongs_to, has_one, has_many, many_many
    std::string type;
    std::string alias;
    std::string label;
    std::string description;
    bool always_fetch = false;
    bool flatten = false;
    bool flatten_drop_prefix = false;
};

/// A relation that no foreign key makes.
struct VirtualRelationRow {
    Id id = 0;
    Id service_id = 0;
    std::string table;
    std::string name;
    /// belongs_to, has_one, has_many, many_many
    std::string type;
    std::string label;
    std::string description;
    std::string field;
    std::string ref_table;
    std::string ref_field;
    std::string junction_table;
    std::string junction_field;
    std::string junction_ref_field;
};

/// A session token that was handed out. Only its hash is kept.
struct TokenRow {
    /// SHA-256 of the token, hex.
    std::string token_hash;
    Id user_id = 0;
    /// Seconds since 1970.
    std::int64_t iat = 0;
    std::int64_t exp = 0;
    /// Logged out or refreshed: never good again.
    bool is_revoked = false;
};

/// What the instance keeps about itself, such as the key that signs its tokens.
struct SettingRow {
    std::string name;
    std::string value;
};

}  // namespace sluice::store
