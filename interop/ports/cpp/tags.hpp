/*
 * What the application saw, every scalar as a string beside its kind, so that nothing is lost on the way back:
 * {"t": "int", "v": "42"}, {"t": "list", "v": [...]}.
 *
 * Numbers are read into C++'s own types and written from them: a port that only copies bytes could not tell.
 */
#ifndef PORT_TAGS_HPP
#define PORT_TAGS_HPP

#include <sabir/sabir.hpp>

namespace tags {

void put(sabir::JsonWriter &writer, std::int64_t value);
void put(sabir::JsonWriter &writer, std::uint64_t value);
void put(sabir::JsonWriter &writer, double value);
void put(sabir::JsonWriter &writer, bool value);
void put(sabir::JsonWriter &writer, std::string_view value);
void put(sabir::JsonWriter &writer, const std::vector<std::int64_t> &values);

/* Any JSON text, tagged throughout. Throws EBADPAYLOAD for a number that no type of C++ holds. */
void put_json(sabir::JsonWriter &writer, const sabir::Json &json);

} // namespace tags

#endif
