#include "services/sql/mysql/values.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <mariadb/mysql.h>

namespace sluice::services::sql {
namespace {

/// What the server sends bytes as; all other numbers are character sets.
constexpr unsigned kBinaryCharset = 63;
/// Most texts fit; longer ones are fetched again, and the column keeps the room.
constexpr std::size_t kUsualBytes = 256;
/// Digits of the server's longest decimal; a sign and a point.
constexpr std::size_t kMostDigits = 67;

/// MariaDB keeps JSON as text, and says so besides.
bool is_json(const MYSQL_FIELD& field) {
    MARIADB_CONST_STRING said{};
    return mariadb_field_attr(&said, &field, MARIADB_FIELD_ATTR_FORMAT_NAME) == 0 &&
           std::string_view(said.str, said.length) == "json";
}

Kind kind_of(const MYSQL_FIELD& field) {
    switch (field.type) {
        case MYSQL_TYPE_TINY:
        case MYSQL_TYPE_BIT:
            return field.length == 1 ? Kind::Boolean : Kind::Integer;
        case MYSQL_TYPE_SHORT:
        case MYSQL_TYPE_INT24:
        case MYSQL_TYPE_LONG:
        case MYSQL_TYPE_LONGLONG:
        case MYSQL_TYPE_YEAR:
            return Kind::Integer;
        case MYSQL_TYPE_FLOAT:
        case MYSQL_TYPE_DOUBLE:
            return Kind::Real;
        case MYSQL_TYPE_DECIMAL:
        case MYSQL_TYPE_NEWDECIMAL:
            return Kind::Decimal;
        case MYSQL_TYPE_DATE:
        case MYSQL_TYPE_NEWDATE:
            return Kind::Date;
        case MYSQL_TYPE_TIME:
            return Kind::Time;
        case MYSQL_TYPE_DATETIME:
        case MYSQL_TYPE_TIMESTAMP:
            return Kind::DateTime;
        case MYSQL_TYPE_JSON:
            return Kind::Json;
        default:
            return is_json(field)                      ? Kind::Json
                   : field.charsetnr == kBinaryCharset ? Kind::Binary
                                                       : Kind::Text;
    }
}

bool is_plain_decimal(const std::string& text) {
    return text.size() <= kMostDigits && text.find_first_of("eE") == std::string::npos;
}

}  // namespace

MysqlParameters::MysqlParameters(const std::vector<Value>& values) {
    binds_.reserve(values.size());
    for (const Value& value : values) {
        add(value);
    }
}

MysqlParameters::~MysqlParameters() = default;

std::size_t MysqlParameters::size() const {
    return binds_.size();
}

st_mysql_bind* MysqlParameters::binds() {
    return binds_.data();
}

void MysqlParameters::add(const Value& value) {
    MYSQL_BIND& bind = binds_.emplace_back();
    std::memset(&bind, 0, sizeof bind);
    const auto integer = [&](std::int64_t number) {
        bind.buffer_type = MYSQL_TYPE_LONGLONG;
        bind.buffer = &integers_.emplace_back(number);
    };
    const auto text = [&](const std::string& bytes, enum_field_types type) {
        bind.buffer_type = type;
        bind.buffer = const_cast<char*>(bytes.data());  // it is only read
        bind.buffer_length = bytes.size();
        bind.length = &lengths_.emplace_back(bytes.size());
    };
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
        integer(*number);
    } else if (const auto* yes = std::get_if<bool>(&value)) {
        integer(*yes ? 1 : 0);
    } else if (const auto* string = std::get_if<std::string>(&value)) {
        text(*string, MYSQL_TYPE_STRING);
    } else if (const auto* bytes = std::get_if<Bytes>(&value)) {
        text(bytes->bytes, MYSQL_TYPE_BLOB);
    } else if (const auto* digits = std::get_if<Number>(&value)) {
        if (is_plain_decimal(digits->text)) {
            text(digits->text, MYSQL_TYPE_NEWDECIMAL);
        } else {
            double real = 0;
            std::from_chars(digits->text.data(), digits->text.data() + digits->text.size(), real);
            bind.buffer_type = MYSQL_TYPE_DOUBLE;
            bind.buffer = &reals_.emplace_back(real);
        }
    } else {
        bind.buffer_type = MYSQL_TYPE_NULL;
    }
}

struct MysqlRows::Column {
    enum class Form { Integer, Unsigned, Real, Single, Moment, Bits, Text, Bytes };

    explicit Column(const MYSQL_FIELD& field) {
        const bool is_bytes = field.charsetnr == kBinaryCharset;
        switch (field.type) {
            case MYSQL_TYPE_TINY:
            case MYSQL_TYPE_SHORT:
            case MYSQL_TYPE_INT24:
            case MYSQL_TYPE_LONG:
            case MYSQL_TYPE_LONGLONG:
            case MYSQL_TYPE_YEAR:
                form = (field.flags & UNSIGNED_FLAG) != 0 ? Form::Unsigned : Form::Integer;
                break;
            case MYSQL_TYPE_DOUBLE:
                form = Form::Real;
                break;
            case MYSQL_TYPE_FLOAT:
                form = Form::Single;
                break;
            case MYSQL_TYPE_DATE:
            case MYSQL_TYPE_NEWDATE:
                form = Form::Moment;
                moment_form = MomentForm::Date;
                break;
            case MYSQL_TYPE_TIME:
                form = Form::Moment;
                moment_form = MomentForm::Time;
                break;
            case MYSQL_TYPE_DATETIME:
            case MYSQL_TYPE_TIMESTAMP:
                form = Form::Moment;
                break;
            case MYSQL_TYPE_BIT:
                form = Form::Bits;
                break;
            case MYSQL_TYPE_DECIMAL:
            case MYSQL_TYPE_NEWDECIMAL:
            case MYSQL_TYPE_JSON:
                form = Form::Text;
                break;
            default:
                form = is_bytes ? Form::Bytes : Form::Text;
        }
        if (form >= Form::Bits) {
            buffer.resize(kUsualBytes);
        }
    }

    void describe(MYSQL_BIND& bind) {
        std::memset(&bind, 0, sizeof bind);
        bind.is_null = &is_null;
        bind.length = &length;
        bind.error = &is_cut;
        switch (form) {
            case Form::Integer:
            case Form::Unsigned:
                bind.buffer_type = MYSQL_TYPE_LONGLONG;
                bind.buffer = &integer;
                bind.is_unsigned = form == Form::Unsigned ? 1 : 0;
                return;
            case Form::Real:
                bind.buffer_type = MYSQL_TYPE_DOUBLE;
                bind.buffer = &real;
                return;
            case Form::Single:
                bind.buffer_type = MYSQL_TYPE_FLOAT;
                bind.buffer = &single;
                return;
            case Form::Moment:
                bind.buffer_type = moment_form == MomentForm::Date   ? MYSQL_TYPE_DATE
                                   : moment_form == MomentForm::Time ? MYSQL_TYPE_TIME
                                                                     : MYSQL_TYPE_DATETIME;
                bind.buffer = &moment;
                return;
            default:
                bind.buffer_type = form == Form::Text ? MYSQL_TYPE_STRING : MYSQL_TYPE_BLOB;
                bind.buffer = buffer.data();
                bind.buffer_length = buffer.size();
        }
    }

    /// The cell's text lives in `text` or `buffer`.
    Cell cell() {
        Cell made;
        if (is_null != 0) {
            return made;
        }
        const auto as_text = [&made](std::string_view words) {
            made.form = Cell::Form::Text;
            made.text = words;
        };
        switch (form) {
            case Form::Integer:
            case Form::Unsigned:
                if (form == Form::Unsigned && integer < 0) {
                    text = std::to_string(static_cast<std::uint64_t>(integer));
                    as_text(text);
                    break;
                }
                made.form = Cell::Form::Integer;
                made.integer = integer;
                break;
            case Form::Real:
                made.form = Cell::Form::Real;
                made.real = real;
                break;
            case Form::Single: {
                // Its own shortest digits: as a double it would show what it could not hold.
                char digits[32];
                const auto [end, code] = std::to_chars(digits, digits + sizeof digits, single);
                text.assign(digits, end);
                as_text(text);
                break;
            }
            case Form::Moment:
                text = moment_text(moment, moment_form);
                as_text(text);
                break;
            case Form::Bits:
                made.form = Cell::Form::Integer;
                made.integer = bits();
                break;
            case Form::Text:
            case Form::Bytes:
                made.form = form == Form::Text ? Cell::Form::Text : Cell::Form::Bytes;
                made.text = std::string_view(buffer.data(), length);
                break;
        }
        return made;
    }

    std::int64_t bits() const {
        std::uint64_t all = 0;
        for (std::size_t i = 0; i < std::min<std::size_t>(length, 8); ++i) {
            all = (all << 8U) | static_cast<unsigned char>(buffer[i]);
        }
        return static_cast<std::int64_t>(all);
    }

    Form form = Form::Text;
    MomentForm moment_form = MomentForm::DateTime;
    std::int64_t integer = 0;
    double real = 0;
    float single = 0;
    MYSQL_TIME moment{};
    std::vector<char> buffer;
    std::string text;
    unsigned long length = 0;
    my_bool is_null = 0;
    my_bool is_cut = 0;
};

MysqlRows::MysqlRows(st_mysql_stmt* statement) : statement_(statement) {
    MYSQL_RES* described = mysql_stmt_result_metadata(statement);
    if (described == nullptr) {
        return;
    }
    const unsigned count = mysql_num_fields(described);
    const MYSQL_FIELD* fields = mysql_fetch_fields(described);
    for (unsigned i = 0; i < count; ++i) {
        columns_.push_back(std::make_unique<Column>(fields[i]));
    }
    mysql_free_result(described);
    binds_.resize(count);
    bind();
}

MysqlRows::~MysqlRows() = default;

void MysqlRows::bind() {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        columns_[i]->describe(binds_[i]);
    }
    is_bound_ = mysql_stmt_bind_result(statement_, binds_.data()) == 0;
}

bool MysqlRows::fetch_whole(std::size_t index) {
    Column& column = *columns_[index];
    column.buffer.resize(column.length + column.length / 2);
    column.describe(binds_[index]);
    return mysql_stmt_fetch_column(statement_, &binds_[index], static_cast<unsigned>(index), 0) ==
           0;
}

bool MysqlRows::hand_over(RowSink* sink) {
    bool has_grown = false;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const Column& column = *columns_[i];
        const bool is_sized = column.form >= Column::Form::Bits;
        if (sink != nullptr && is_sized && column.is_null == 0 &&
            column.length > column.buffer.size()) {
            has_grown = true;
            if (!fetch_whole(i)) {
                return false;
            }
        }
    }
    if (sink != nullptr) {
        sink->start_row();
        for (const auto& column : columns_) {
            sink->cell(column->cell());
        }
        sink->end_row();
    }
    if (has_grown) {
        bind();
    }
    return is_bound_;
}

std::vector<ResultColumnHead> heads_of(st_mysql_stmt* statement) {
    std::vector<ResultColumnHead> heads;
    MYSQL_RES* described = mysql_stmt_result_metadata(statement);
    if (described == nullptr) {
        return heads;
    }
    const MYSQL_FIELD* fields = mysql_fetch_fields(described);
    for (unsigned i = 0; i < mysql_num_fields(described); ++i) {
        heads.push_back({std::string(fields[i].name, fields[i].name_length), kind_of(fields[i])});
    }
    mysql_free_result(described);
    return heads;
}

std::string moment_text(const st_mysql_time& moment, MomentForm form) {
    std::string text;
    const auto number = [&text](unsigned long value, std::size_t digits) {
        const std::string plain = std::to_string(value);
        text.append(digits > plain.size() ? digits - plain.size() : 0, '0').append(plain);
    };
    if (form != MomentForm::Time) {
        number(moment.year, 4);
        text.push_back('-');
        number(moment.month, 2);
        text.push_back('-');
        number(moment.day, 2);
    }
    if (form == MomentForm::Date) {
        return text;
    }
    text.append(form == MomentForm::DateTime ? " " : moment.neg != 0 ? "-" : "");
    number(moment.hour + (form == MomentForm::Time ? moment.day * 24UL : 0), 2);
    text.push_back(':');
    number(moment.minute, 2);
    text.push_back(':');
    number(moment.second, 2);
    if (moment.second_part != 0) {
        text.push_back('.');
        number(moment.second_part, 6);
        text.erase(text.find_last_not_of('0') + 1);
    }
    return text;
}

}  // namespace sluice::services::sql
