#include "services/sql/alter/table_text.h"

#include <algorithm>
#include <array>

#include "core/fields.h"
#include "services/sql/alter/ddl_tokens.h"

namespace sluice::services::sql {
namespace {

using Form = DdlToken::Form;
using Tokens = std::vector<DdlToken>;

constexpr std::array<std::string_view, 11> kClauseWords{
    "CONSTRAINT", "PRIMARY", "NOT",        "NULL",      "UNIQUE", "CHECK",
    "DEFAULT",    "COLLATE", "REFERENCES", "GENERATED", "AS"};
constexpr std::array<std::string_view, 5> kTableWords{"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK",
                                                      "FOREIGN"};
/// MySQL's own. Others have them in types (CHARACTER VARYING) and as names of columns (key), which
/// MySQL shows in quotes.
constexpr std::array<std::string_view, 6> kMysqlClauseWords{
    "ON", "COMMENT", "CHARACTER", "CHARSET", "AUTO_INCREMENT", "INVISIBLE"};
constexpr std::array<std::string_view, 5> kMysqlTableWords{"KEY", "INDEX", "FULLTEXT", "SPATIAL",
                                                           "PERIOD"};

template <std::size_t N>
bool is_any(const DdlToken& token, const std::array<std::string_view, N>& words) {
    return std::ranges::any_of(words, [&token](std::string_view word) { return token.is(word); });
}

/// The text from one token to the one before another, as it came.
std::string between(const Tokens& tokens, std::size_t from, std::size_t to) {
    if (from >= to) {
        return {};
    }
    const char* begin = tokens[from].text.data();
    const DdlToken& last = tokens[to - 1];
    return {begin, static_cast<std::size_t>(last.text.data() + last.text.size() - begin)};
}

/// Reads the clauses behind the type of a column, one after the other.
class ClauseReader {
public:
    ClauseReader(const Tokens& tokens, std::size_t at) : tokens_(tokens), at_(at) {}

    std::vector<ColumnClause> all() {
        std::vector<ColumnClause> clauses;
        while (at_ < tokens_.size()) {
            const std::size_t from = at_;
            if (take("CONSTRAINT")) {
                ++at_;
            }
            std::string keyword = at_ < tokens_.size() ? one() : std::string();
            at_ = std::min(at_, tokens_.size());
            clauses.push_back({std::move(keyword), between(tokens_, from, at_)});
        }
        return clauses;
    }

private:
    bool sees(std::string_view word, std::size_t ahead = 0) const {
        return at_ + ahead < tokens_.size() && tokens_[at_ + ahead].is(word);
    }
    bool sees(Form form) const { return at_ < tokens_.size() && tokens_[at_].form == form; }
    bool take(std::string_view word) {
        const bool is_there = sees(word);
        at_ += is_there ? 1 : 0;
        return is_there;
    }
    void take_group() { at_ += sees(Form::Group) ? 1 : 0; }
    void take_conflict() {
        if (sees("ON") && sees("CONFLICT", 1)) {
            at_ += 3;
        }
    }

    std::string one() {
        if (take("PRIMARY")) {
            take("KEY");
            static_cast<void>(take("ASC") || take("DESC"));
            take_conflict();
            take("AUTOINCREMENT");
            return "PRIMARY KEY";
        }
        if (sees("NOT") && sees("NULL", 1)) {
            at_ += 2;
            take_conflict();
            return "NOT NULL";
        }
        if (take("NULL")) {
            take_conflict();
            return "NULL";
        }
        if (take("UNIQUE")) {
            take("KEY");
            take_conflict();
            return "UNIQUE";
        }
        if (take("CHECK")) {
            take_group();
            return "CHECK";
        }
        if (take("DEFAULT")) {
            take_value();
            return "DEFAULT";
        }
        if (take("REFERENCES")) {
            take_reference();
            return "REFERENCES";
        }
        return other();
    }

    std::string other() {
        if (sees("GENERATED") || sees("AS")) {
            while (at_ < tokens_.size() && !sees(Form::Group)) {
                ++at_;
            }
            take_group();
            return "GENERATED";
        }
        if (sees("ON") && sees("UPDATE", 1)) {
            at_ += 2;
            take_value();
            return "ON UPDATE";
        }
        if (take("CHARACTER")) {
            take("SET");
            ++at_;
            return "CHARACTER SET";
        }
        for (const std::string_view word : {"COLLATE", "COMMENT", "CHARSET"}) {
            if (take(word)) {
                ++at_;
                return word == "CHARSET" ? "CHARACTER SET" : std::string(word);
            }
        }
        std::string keyword(tokens_[at_].text);
        std::ranges::transform(keyword, keyword.begin(), [](char c) {
            return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
        });
        ++at_;
        take_group();
        return keyword;
    }

    /// -1, 'x', b'1', (a + b), now(6)
    void take_value() {
        while (sees(Form::Mark)) {
            ++at_;
        }
        const bool is_word = sees(Form::Word);
        ++at_;
        if (is_word && (sees(Form::Group) || sees(Form::Text))) {
            ++at_;
        }
    }

    void take_reference() {
        ++at_;
        take_group();
        while (true) {
            if (sees("ON") && (sees("DELETE", 1) || sees("UPDATE", 1))) {
                at_ += 2;
                at_ += sees("SET") || sees("NO") ? 2 : 1;
            } else if (take("MATCH")) {
                ++at_;
            } else if (sees("NOT") && sees("DEFERRABLE", 1)) {
                at_ += 2;
            } else if (!take("DEFERRABLE")) {
                if (!take("INITIALLY")) {
                    return;
                }
                ++at_;
            }
        }
    }

    const Tokens& tokens_;
    std::size_t at_;
};

ColumnText read_column(const Tokens& tokens, bool is_mysql) {
    ColumnText column;
    column.name = name_of(tokens.front());
    column.quoted = tokens.front().text;
    std::size_t at = 1;
    const auto begins_clause = [is_mysql](const DdlToken& token) {
        return is_any(token, kClauseWords) || (is_mysql && is_any(token, kMysqlClauseWords));
    };
    while (at < tokens.size() && !begins_clause(tokens[at])) {
        ++at;
    }
    column.type = between(tokens, 1, at);
    column.clauses = ClauseReader(tokens, at).all();
    return column;
}

/// `name`, and only it, in brackets: "(`a`)".
bool is_only(std::string_view group, std::string_view name) {
    const auto inner = ddl_tokens(group.substr(1, group.size() - 2), false);
    return inner && inner->size() == 1 && equals_ignoring_case(name_of(inner->front()), name);
}

bool names(const Tokens& tokens, std::string_view name) {
    return std::ranges::any_of(tokens, [name](const DdlToken& token) {
        if (token.form == Form::Group) {
            const auto inner = ddl_tokens(token.text.substr(1, token.text.size() - 2), false);
            return !inner || names(*inner, name);
        }
        return (token.form == Form::Name || token.form == Form::Word) &&
               equals_ignoring_case(name_of(token), name);
    });
}

}  // namespace

const ColumnClause* ColumnText::find(std::string_view keyword) const {
    const auto found = std::ranges::find(clauses, keyword, &ColumnClause::keyword);
    return found == clauses.end() ? nullptr : &*found;
}

void ColumnText::remove(std::string_view keyword) {
    std::erase_if(clauses,
                  [keyword](const ColumnClause& clause) { return clause.keyword == keyword; });
}

void ColumnText::remove_text_words() {
    remove("CHARACTER SET");
    remove("COLLATE");
}

void ColumnText::set_nullable(bool allows_null) {
    remove("NULL");
    remove("NOT NULL");
    // Character set and collation belong to the type: they stand before all else.
    const auto at = std::ranges::find_if(clauses, [](const ColumnClause& clause) {
        return clause.keyword != "CHARACTER SET" && clause.keyword != "COLLATE";
    });
    clauses.insert(
        at, allows_null ? ColumnClause{"NULL", "NULL"} : ColumnClause{"NOT NULL", "NOT NULL"});
}

void ColumnText::set_default(const std::optional<std::string>& sql) {
    remove("DEFAULT");
    if (sql) {
        clauses.push_back({"DEFAULT", "DEFAULT " + *sql});
    }
}

std::string ColumnText::sql() const {
    std::string out = quoted + (type.empty() ? "" : " " + type);
    for (const ColumnClause& clause : clauses) {
        out += " " + clause.text;
    }
    return out;
}

ColumnText* TableText::find(std::string_view name) {
    const auto found = std::ranges::find_if(columns, [name](const ColumnText& column) {
        return equals_ignoring_case(column.name, name);
    });
    return found == columns.end() ? nullptr : &*found;
}

bool TableText::constrains(std::string_view name) const {
    return std::ranges::any_of(constraints, [name](const std::string& constraint) {
        const auto tokens = ddl_tokens(constraint, false);
        return !tokens || names(*tokens, name);
    });
}

void TableText::remove_foreign_keys(std::string_view name) {
    std::erase_if(constraints, [name](const std::string& constraint) {
        const auto tokens = ddl_tokens(constraint, false);
        if (!tokens) {
            return false;
        }
        const auto group = std::ranges::find(*tokens, Form::Group, &DdlToken::form);
        const bool is_foreign = std::any_of(
            tokens->begin(), group, [](const DdlToken& token) { return token.is("FOREIGN"); });
        return is_foreign && group != tokens->end() && is_only(group->text, name);
    });
}

std::string TableText::body() const {
    std::string out;
    for (const ColumnText& column : columns) {
        out += (out.empty() ? "(" : ", ") + column.sql();
    }
    for (const std::string& constraint : constraints) {
        out += ", " + constraint;
    }
    return out + ")" + (tail.empty() ? "" : " " + tail);
}

Result<TableText> read_table_text(std::string_view sql, Escapes escapes) {
    const bool is_mysql = escapes == Escapes::Backslash;
    SLUICE_TRY(const Tokens outer, ddl_tokens(sql, is_mysql));
    const auto group = std::ranges::find(outer, Form::Group, &DdlToken::form);
    const bool is_plain = outer.size() > 2 && outer[0].is("CREATE") && !outer[1].is("VIRTUAL") &&
                          group != outer.end();
    if (!is_plain) {
        return fail(ErrorKind::NotImplemented, "This kind of table cannot be changed here.");
    }
    TableText table;
    table.tail = between(outer, static_cast<std::size_t>(group - outer.begin()) + 1, outer.size());
    SLUICE_TRY(const Tokens inner,
               ddl_tokens(group->text.substr(1, group->text.size() - 2), is_mysql));
    const auto add = [&table, is_mysql](const Tokens& part) {
        if (part.empty()) {
            return;
        }
        if (is_any(part.front(), kTableWords) ||
            (is_mysql && is_any(part.front(), kMysqlTableWords))) {
            table.constraints.push_back(between(part, 0, part.size()));
        } else {
            table.columns.push_back(read_column(part, is_mysql));
        }
    };
    Tokens part;
    for (const DdlToken& token : inner) {
        if (token.text == ",") {
            add(part);
            part.clear();
        } else {
            part.push_back(token);
        }
    }
    add(part);
    return table;
}

}  // namespace sluice::services::sql
