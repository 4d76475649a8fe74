#include <array>

#include "core/json.h"
#include "store/column.h"

namespace sluice::store {

template <>
std::string_view Columns<ServiceRow>::table() {
    return "service";
}

template <>
std::span<const Column<ServiceRow>> Columns<ServiceRow>::all() {
    using R = ServiceRow;
    static const std::array kAll{
        Column<R>{"id", &R::id},
        Column<R>{"name", &R::name},
        Column<R>{"label", &R::label},
        Column<R>{"description", &R::description, Form::Nullable},
        Column<R>{"is_active", &R::is_active},
        Column<R>{"type", &R::type},
        Column<R>{"mutable", &R::is_mutable},
        Column<R>{"deletable", &R::is_deletable},
        Column<R>{"config", &R::config, Form::Json},
    };
    return kAll;
}

template <>
std::string_view Columns<AppRow>::table() {
    return "app";
}

template <>
std::span<const Column<AppRow>> Columns<AppRow>::all() {
    using R = AppRow;
    static const std::array kAll{
        Column<R>{"id", &R::id},
        Column<R>{"name", &R::name},
        Column<R>{"api_key", &R::api_key},
        Column<R>{"description", &R::description, Form::Nullable},
        Column<R>{"is_active", &R::is_active},
        Column<R>{"type", &R::type},
        Column<R>{"path", &R::path, Form::Nullable},
        Column<R>{"url", &R::url, Form::Nullable},
        Column<R>{"storage_service_id", &R::storage_service_id},
        Column<R>{"storage_container", &R::storage_container, Form::Nullable},
        Column<R>{"requires_fullscreen", &R::requires_fullscreen},
        Column<R>{"allow_fullscreen_toggle", &R::allow_fullscreen_toggle},
        Column<R>{"toggle_location", &R::toggle_location, Form::Nullable},
        Column<R>{"role_id", &R::role_id},
    };
    return kAll;
}

template <>
std::string_view Columns<RoleRow>::table() {
    return "role";
}

template <>
std::span<const Column<RoleRow>> Columns<RoleRow>::all() {
    using R = RoleRow;
    static const std::array kAll{
        Column<R>{"id", &R::id},
        Column<R>{"name", &R::name},
        Column<R>{"description", &R::description, Form::Nullable},
        Column<R>{"is_active", &R::is_active},
    };
    return kAll;
}

template <>
std::string_view Columns<RoleAccessRow>::table() {
    return "role_service_access";
}

template <>
std::span<const Column<RoleAccessRow>> Columns<RoleAccessRow>::all() {
    using R = RoleAccessRow;
    static const std::array kAll{
        Column<R>{"id", &R::id},
        Column<R>{"role_id", &R::role_id},
        Column<R>{"service_id", &R::service_id},
        Column<R>{"component", &R::component, Form::Nullable},
        Column<R>{"verb_mask", &R::verbs},
        Column<R>{"requestor_mask", &R::requestor_mask},
        Column<R>{"filters", &R::filters},
        Column<R>{"filter_op", &R::filters_joined_by_or, Form::OrAnd},
    };
    return kAll;
}

template <>
std::string_view Columns<UserRow>::table() {
    return "user";
}

template <>
std::span<const Column<UserRow>> Columns<UserRow>::all() {
    using R = UserRow;
    static const std::array kAll{
        Column<R>{"id", &R::id},
        Column<R>{"name", &R::name},
        Column<R>{"username", &R::username, Form::Nullable},
        Column<R>{"first_name", &R::first_name, Form::Nullable},
        Column<R>{"last_name", &R::last_name, Form::Nullable},
        Column<R>{"email", &R::email},
        Column<R>{"phone", &R::phone, Form::Nullable},
        Column<R>{"password_hash", &R::password_hash, Form::Secret},
        Column<R>{"is_active", &R::is_active},
        Column<R>{"is_sys_admin", &R::is_sys_admin},
        Column<R>{"confirmed", &R::is_confirmed},
        Column<R>{"last_login_date", &R::last_login_date, Form::Nullable},
        Column<R>{"default_app_id", &R::default_app_id},
        Column<R>{"security_question", &R::security_question, Form::Nullable},
        Column<R>{"security_answer_hash", &R::security_answer_hash, Form::Secret},
    };
    return kAll;
}

template <>
std::string_view Columns<UserAppRoleRow>::table() {
    return "user_to_app_to_role";
}

template <>
std::span<const Column<UserAppRoleRow>> Columns<UserAppRoleRow>::all() {
    using R = UserAppRoleRow;
    static const std::array kAll{
        Column<R>{"id", &R::id},
        Column<R>{"user_id", &R::user_id},
        Column<R>{"app_id", &R::app_id},
        Column<R>{"role_id", &R::role_id},
    };
    return kAll;
}

template <>
std::string_view Columns<EventScriptRow>::table() {
    return "event_script";
}

template <>
std::span<const Column<EventScriptRow>> Columns<EventScriptRow>::all() {
    using R = EventScriptRow;
    static const std::array kAll{
        Column<R>{"name", &R::name},
        Column<R>{"type", &R::type},
        Column<R>{"content", &R::content, Form::Nullable},
        Column<R>{"config", &R::config, Form::Json},
        Column<R>{"is_active", &R::is_active},
        Column<R>{"allow_event_modification", &R::allow_event_modification},
        Column<R>{"storage_service_id", &R::storage_service_id},
        Column<R>{"storage_path", &R::storage_path, Form::Nullable},
        Column<R>{"scm_repository", &R::scm_repository, Form::Nullable},
        Column<R>{"scm_reference", &R::scm_reference, Form::Nullable},
        Column<R>{"limits", &R::limits, Form::Json},
        Column<R>{"isolation", &R::isolation, Form::Nullable},
        Column<R>{"transaction", &R::transaction},
    };
    return kAll;
}

template <>
std::string_view Columns<TableExtraRow>::table() {
    return "db_table_extras";
}

template <>
std::span<const Column<TableExtraRow>> Columns<TableExtraRow>::all() {
    using R = TableExtraRow;
    static const std::array kAll{
        Column<R>{"id", &R::id},
        Column<R>{"service_id", &R::service_id},
        Column<R>{"table", &R::table},
        Column<R>{"alias", &R::alias, Form::Nullable},
        Column<R>{"label", &R::label, Form::Nullable},
        Column<R>{"plural", &R::plural, Form::Nullable},
        Column<R>{"description", &R::description, Form::Nullable},
        Column<R>{"name_field", &R::name_field, Form::Nullable},
    };
    return kAll;
}

template <>
std::string_view Columns<FieldExtraRow>::table() {
    return "db_field_extras";
}

template <>
std::span<const Column<FieldExtraRow>> Columns<FieldExtraRow>::all() {
    using R = FieldExtraRow;
    static const std::array kAll{
        Column<R>{"id", &R::id},
        Column<R>{"service_id", &R::service_id},
        Column<R>{"table", &R::table},
        Column<R>{"field", &R::field},
        Column<R>{"alias", &R::alias, Form::Nullable},
        Column<R>{"label", &R::label, Form::Nullable},
        Column<R>{"description", &R::description, Form::Nullable},
        Column<R>{"extra_type", &R::extra_type, Form::Nullable},
        Column<R>{"picklist", &R::picklist, Form::Nullable},
        Column<R>{"validation", &R::validation, Form::Nullable},
        Column<R>{"db_function", &R::db_function, Form::Nullable},
        Column<R>{"is_virtual", &R::is_virtual},
    };
    return kAll;
}

template <>
std::string_view Columns<RelationExtraRow>::table() {
    return "db_relation_extras";
}

template <>
std::span<const Column<RelationExtraRow>> Columns<RelationExtraRow>::all() {
    using R = RelationExtraRow;
    static const std::array kAll{
        Column<R>{"id", &R::id},
        Column<R>{"service_id", &R::service_id},
        Column<R>{"table", &R::table},
        Column<R>{"relation", &R::relation},
        Column<R>{"type", &R::type},
        Column<R>{"alias", &R::alias, Form::Nullable},
        Column<R>{"label", &R::label, Form::Nullable},
        Column<R>{"description", &R::description, Form::Nullable},
        Column<R>{"always_fetch", &R::always_fetch},
        Column<R>{"flatten", &R::flatten},
        Column<R>{"flatten_drop_prefix", &R::flatten_drop_prefix},
    };
    return kAll;
}

template <>
std::string_view Columns<VirtualRelationRow>::table() {
    return "db_virtual_relationship";
}

template <>
std::span<const Column<VirtualRelationRow>> Columns<VirtualRelationRow>::all() {
    using R = VirtualRelationRow;
    static const std::array kAll{
        Column<R>{"id", &R::id},
        Column<R>{"service_id", &R::service_id},
        Column<R>{"table", &R::table},
        Column<R>{"name", &R::name},
        Column<R>{"type", &R::type},
        Column<R>{"label", &R::label, Form::Nullable},
        Column<R>{"description", &R::description, Form::Nullable},
        Column<R>{"field", &R::field},
        Column<R>{"ref_table", &R::ref_table},
        Column<R>{"ref_field", &R::ref_field},
        Column<R>{"junction_table", &R::junction_table, Form::Nullable},
        Column<R>{"junction_field", &R::junction_field, Form::Nullable},
        Column<R>{"junction_ref_field", &R::junction_ref_field, Form::Nullable},
    };
    return kAll;
}

template <>
std::string_view Columns<TokenRow>::table() {
    return "token_map";
}

template <>
std::span<const Column<TokenRow>> Columns<TokenRow>::all() {
    using R = TokenRow;
    static const std::array kAll{
        Column<R>{"token_hash", &R::token_hash, Form::Secret},
        Column<R>{"user_id", &R::user_id},
        Column<R>{"iat", &R::iat},
        Column<R>{"exp", &R::exp},
        Column<R>{"is_revoked", &R::is_revoked},
    };
    return kAll;
}

template <>
std::string_view Columns<SettingRow>::table() {
    return "setting";
}

template <>
std::span<const Column<SettingRow>> Columns<SettingRow>::all() {
    using R = SettingRow;
    static const std::array kAll{
        Column<R>{"name", &R::name},
        Column<R>{"value", &R::value, Form::Secret},
    };
    return kAll;
}

}  // namespace sluice::store
