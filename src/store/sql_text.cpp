#include "store/sql_text.h"

#include <array>
#include <chrono>
#include <ctime>

namespace sluice::store {
namespace {

std::string parameter(std::size_t number) {
    return "$" + std::to_string(number);
}

std::string joined(const std::vector<std::string>& parts) {
    std::string out;
    for (const std::string& part : parts) {
        out.append(out.empty() ? "" : ", ").append(part);
    }
    return out;
}

Value optional_value(const std::optional<Id>& id) {
    return id ? Value(*id) : Value(std::monostate{});
}

std::optional<Id> optional_id(const Value& value) {
    return std::holds_alternative<std::monostate>(value) ? std::nullopt
                                                         : std::optional<Id>(integer_of(value));
}

}  // namespace

std::string quoted(std::string_view name) {
    return "\"" + std::string(name) + "\"";
}

TableSql table_sql(std::string_view table,
                   const std::vector<std::string_view>& columns,
                   bool counts_itself) {
    std::vector<std::string> names;
    std::vector<std::string> inserted;
    std::vector<std::string> places;
    std::vector<std::string> assignments;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        names.push_back(quoted(columns[i]));
        if (i > 0 || !counts_itself) {
            inserted.push_back(names.back());
            places.push_back(parameter(inserted.size()));
        }
        if (i > 0) {
            assignments.push_back(names.back() + " = " + parameter(i));
        }
    }
    const std::string name = quoted(table);
    const std::string& key = names.front();
    TableSql sql;
    sql.select = "SELECT " + joined(names) + " FROM " + name;
    sql.order = " ORDER BY " + key;
    sql.select_all = sql.select + sql.order;
    sql.insert = "INSERT INTO " + name + " (" + joined(inserted) + ") VALUES (" + joined(places) +
                 ") RETURNING " + key;
    sql.count = "SELECT COUNT(*) FROM " + name;
    sql.update = "UPDATE " + name + " SET " + joined(assignments) + " WHERE " + key + " = " +
                 parameter(columns.size());
    sql.remove = "DELETE FROM " + name + " WHERE " + key + " = $1";
    return sql;
}

void append_stamps(Values& values, const Stamps& stamps) {
    values.emplace_back(stamps.created_date);
    values.emplace_back(stamps.last_modified_date);
    values.push_back(optional_value(stamps.created_by_id));
    values.push_back(optional_value(stamps.last_modified_by_id));
}

void read_stamps(Stamps& stamps, const Values& cells, std::size_t first) {
    stamps.created_date = text_of(cells.at(first));
    stamps.last_modified_date = text_of(cells.at(first + 1));
    stamps.created_by_id = optional_id(cells.at(first + 2));
    stamps.last_modified_by_id = optional_id(cells.at(first + 3));
}

std::string date_text(std::int64_t seconds_since_1970) {
    const std::time_t time = seconds_since_1970;
    std::tm parts{};
    gmtime_r(&time, &parts);
    std::array<char, 32> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts);
    return {text.data(), size};
}

std::string now_text() {
    return date_text(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()));
}

}  // namespace sluice::store
