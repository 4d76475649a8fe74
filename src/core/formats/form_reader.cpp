#include "core/formats/form_reader.h"

#include <charconv>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "core/json.h"
#include "core/payload.h"

namespace sluice {
namespace {

/// A number as PHP takes it for a place in a list: no sign, no zero before it.
std::optional<std::uint64_t> place_of(std::string_view name) {
    std::uint64_t place = 0;
    const auto [end, code] = std::from_chars(name.data(), name.data() + name.size(), place);
    const bool is_plain = name == "0" || (!name.empty() && name.front() != '0');
    if (code != std::errc() || end != name.data() + name.size() || !is_plain) {
        return std::nullopt;
    }
    return place;
}

/// `a[b][]` -> a, b and an empty one. Brackets that do not fit: the name alone.
std::vector<std::string_view> steps_of(std::string_view name) {
    const std::size_t first = name.find('[');
    if (first == 0 || first == std::string_view::npos || !name.ends_with(']')) {
        return {name};
    }
    std::vector<std::string_view> steps{name.substr(0, first)};
    std::string_view rest = name.substr(first);
    while (!rest.empty()) {
        const std::size_t end = rest.find(']');
        if (rest.front() != '[' || rest.find('[', 1) < end || end == std::string_view::npos) {
            return {name};
        }
        steps.push_back(rest.substr(1, end - 1));
        rest.remove_prefix(end + 1);
    }
    return steps;
}

/// The fields as a tree, flat: each node knows its members by number.
class Form {
public:
    Form() { nodes_.emplace_back(); }

    void set(const std::vector<std::string_view>& steps, std::string value) {
        std::size_t at = 0;
        for (std::size_t i = 0; i < steps.size(); ++i) {
            nodes_[at].text.reset();
            const bool is_next = i > 0 && steps[i].empty();
            at = member(at, is_next ? std::to_string(nodes_[at].next) : std::string(steps[i]));
        }
        nodes_[at].text = std::move(value);
    }

    void append(std::string& out, std::size_t at = 0) const {
        const Node& node = nodes_[at];
        if (node.text) {
            append_json_string(out, *node.text);
            return;
        }
        const std::vector<std::size_t> list = at == 0 ? std::vector<std::size_t>{} : as_list(node);
        const bool is_list = !list.empty();
        out.push_back(is_list ? '[' : '{');
        const char* comma = "";
        for (const std::size_t member : is_list ? list : node.members) {
            out.append(comma);
            if (!is_list) {
                append_json_string(out, nodes_[member].name);
                out.push_back(':');
            }
            append(out, member);
            comma = ",";
        }
        out.push_back(is_list ? ']' : '}');
    }

private:
    struct Node {
        std::string name;
        /// Set: the members count no longer.
        std::optional<std::string> text;
        std::vector<std::size_t> members;
        /// The number that `[]` means.
        std::uint64_t next = 0;
    };

    /// The member of that name, which is made when there is none.
    std::size_t member(std::size_t of, std::string name) {
        std::string key = std::to_string(of) + "/" + name;
        const auto [found, is_new] = by_name_.try_emplace(std::move(key), nodes_.size());
        if (is_new) {
            if (const auto place = place_of(name); place && *place >= nodes_[of].next) {
                nodes_[of].next = *place + 1;
            }
            nodes_[of].members.push_back(found->second);
            nodes_.emplace_back().name = std::move(name);
        }
        return found->second;
    }

    /// In order; empty for what is no list.
    std::vector<std::size_t> as_list(const Node& node) const {
        std::vector<std::size_t> list(node.members.size());
        for (const std::size_t member : node.members) {
            const auto place = place_of(nodes_[member].name);
            if (!place || *place >= list.size()) {
                return {};
            }
            list[*place] = member;
        }
        return list;
    }

    std::vector<Node> nodes_;
    std::unordered_map<std::string, std::size_t> by_name_;
};

}  // namespace

Result<std::string> json_of_form(std::string_view text) {
    Form form;
    std::string name;
    std::string value;
    std::size_t count = 0;
    while (!text.empty()) {
        const std::size_t end = text.find('&');
        const std::string_view pair = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (pair.empty()) {
            continue;
        }
        if (++count > kMaxParameters) {
            return fail(ErrorKind::BadRequest,
                        "A form may have at most " + std::to_string(kMaxParameters) + " fields.");
        }
        const std::size_t equals = pair.find('=');
        SLUICE_CHECK(percent_decode(pair.substr(0, equals), Plus::IsBlank, "form", name));
        value.clear();
        if (equals != std::string_view::npos) {
            SLUICE_CHECK(percent_decode(pair.substr(equals + 1), Plus::IsBlank, "form", value));
        }
        const auto steps = steps_of(name);
        if (steps.size() > kMaxFormDepth + 1) {
            return fail(ErrorKind::BadRequest, "The name of a form's field may have at most " +
                                                   std::to_string(kMaxFormDepth) + " brackets.");
        }
        form.set(steps, std::move(value));
    }
    std::string json;
    form.append(json);
    return json;
}

}  // namespace sluice
