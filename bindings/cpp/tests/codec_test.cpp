/* Every kind of member, there and back: through the C struct and through JSON, and laid out as the C macros lay it out. */
#include "stage.hpp"

#include <limits>

using namespace stage;

/* As a program in C declares them, under the same names. */
#define POINT_FIELDS(F) F(SABIR_DOUBLE, x) F(SABIR_BOOL, is_last)
SABIR_MESSAGE_NAMED(CPoint, "cpp.Point", POINT_FIELDS);

namespace {

struct Point {
    double x = 0;
    bool is_last = false;
    SABIR_CPP_MESSAGE_NAMED(Point, "cpp.Point", (x, is_last));
    friend bool operator==(const Point &a, const Point &b) {
        return a.x == b.x && a.is_last == b.is_last;
    }
};

struct All : sabir::Message {
    bool flag = false;
    std::int32_t small = 0;
    std::int64_t large = 0;
    std::uint64_t natural = 0;
    double real = 0;
    std::string text;
    sabir::Bytes bytes;
    sabir::Json any;
    std::vector<std::int64_t> numbers;
    std::vector<bool> flags;
    std::vector<std::string> words;
    std::vector<std::vector<std::string>> rows;
    std::vector<Point> points;
    std::optional<std::int32_t> maybe_small;
    std::optional<std::string> maybe_text;
    std::optional<Point> maybe_point;
    std::map<std::string, double> prices;
    std::map<std::string, std::vector<Point>> paths;
    Point point;
    int not_sent = 7;
    SABIR_CPP_MESSAGE_NAMED(All, "cpp.All",
                            (flag, small, large, natural, real, text, bytes, any, numbers, flags, words, rows, points,
                             maybe_small, maybe_text, maybe_point, prices, paths, point));
};

All filled() {
    All all;
    all.flag = true;
    all.small = std::numeric_limits<std::int32_t>::min();
    all.large = std::numeric_limits<std::int64_t>::min();
    all.natural = std::numeric_limits<std::uint64_t>::max();
    all.real = 0.1;
    all.text = std::string("a\0b\xC3\xA4", 5);
    all.bytes = {0, 255, 10};
    all.any = sabir::Json("[1,null]");
    all.numbers = {1, -2, 3};
    all.flags = {true, false, true};
    all.words = {"one", "", "three"};
    all.rows = {{"a", "b"}, {}, {"c"}};
    all.points = {{1.5, true}, {-2, false}};
    all.maybe_small = -7;
    all.maybe_text = "";
    all.maybe_point = Point{3, true};
    all.prices = {{"a", 1}, {"b", 2.5}};
    all.paths = {{"home", {{1, false}, {2, true}}}, {"none", {}}};
    all.point = {9, true};
    return all;
}

void check_equal(const All &a, const All &b) {
    CHECK(a.flag == b.flag);
    CHECK(a.small == b.small);
    CHECK(a.large == b.large);
    CHECK(a.natural == b.natural);
    CHECK(a.real == b.real);
    CHECK(a.text == b.text);
    CHECK(a.bytes == b.bytes);
    CHECK(a.any == b.any);
    CHECK(a.numbers == b.numbers);
    CHECK(a.flags == b.flags);
    CHECK(a.words == b.words);
    CHECK(a.rows == b.rows);
    CHECK(a.points == b.points);
    CHECK(a.maybe_small == b.maybe_small);
    CHECK(a.maybe_text == b.maybe_text);
    CHECK(a.maybe_point == b.maybe_point);
    CHECK(a.prices == b.prices);
    CHECK(a.paths == b.paths);
    CHECK(a.point == b.point);
}

std::string json_of(sabir_message *message) {
    const char *json = nullptr;
    std::size_t len_bytes = 0;
    REQUIRE(sabir_message_json_get(message, &json, &len_bytes) == SABIR_OK);
    return std::string(json, len_bytes);
}

struct WithNumber : sabir::Message {
    double number = 0;
    std::string text;
    SABIR_CPP_MESSAGE_NAMED(WithNumber, "cpp.WithNumber", (number, text));
};

struct OtherPoint : sabir::Message {
    std::int64_t x = 0;
    SABIR_CPP_MESSAGE_NAMED(OtherPoint, "cpp.Point", (x));
};

struct Any : sabir::Message {
    sabir::Json payload;
    SABIR_CPP_OPEN_NAMED(Any, "cpp.Any", payload);
};

} // namespace

TEST_CASE("every kind of member comes back from the C struct") {
    const All all = filled();
    sabir::detail::CoreMessage message = sabir::detail::to_value(all);
    check_equal(*sabir::detail::take<All>(std::move(message)), all);
}

TEST_CASE("every kind of member comes back from JSON") {
    const All all = filled();
    sabir::detail::CoreMessage value = sabir::detail::to_value(all);
    sabir::detail::CoreMessage text =
        sabir::detail::from_json({sabir::type_of<All>(), sabir::Json(json_of(value.get()))});
    check_equal(*sabir::detail::take<All>(std::move(text)), all);
}

TEST_CASE("empty members come back empty, and what is not listed stays at home") {
    All all;
    all.not_sent = 8;
    sabir::detail::CoreMessage value = sabir::detail::to_value(all);
    const std::string json = json_of(value.get());
    CHECK(json.find("\"maybe_small\"") == std::string::npos);
    CHECK(json.find("not_sent") == std::string::npos);
    CHECK(json.find("\"any\":null") != std::string::npos);
    const auto back = sabir::detail::take<All>(std::move(value));
    check_equal(*back, all);
    CHECK(back->not_sent == 7);
}

TEST_CASE("the struct is laid out as the C macros lay it out") {
    REQUIRE(CPoint_type() != nullptr);
    CHECK(sabir::type_of<Point>().get() == CPoint_type());
    CHECK(sizeof(sabir::detail::StructInC<Point>) == sizeof(struct CPoint));
    CHECK(alignof(sabir::detail::StructInC<Point>) == alignof(struct CPoint));
    CHECK(sabir_type_size_bytes(sabir::type_of<All>().get()) == sizeof(sabir::detail::StructInC<All>));
}

TEST_CASE("the fields of a message are known by their names and kinds") {
    const sabir_type *type = sabir::type_of<All>().get();
    sabir_field field{};
    REQUIRE(sabir_type_field_count(type) == 19);
    REQUIRE(sabir_type_field_get(type, 17, &field) == SABIR_OK);
    CHECK(std::string(field.name) == "paths");
    CHECK(std::string(field.kind) == "MAP(LIST(STRUCT(cpp.Point)))");
}

TEST_CASE("a message without fields has one byte and an empty object") {
    sabir::detail::CoreMessage message = sabir::detail::to_value(Poke());
    CHECK(json_of(message.get()) == "{}");
    CHECK(sizeof(sabir::detail::StructInC<Poke>) == 1);
}

TEST_CASE("an open message keeps the text of its payload") {
    Any any;
    any.payload = sabir::Json(R"({"n": 18446744073709551615})");
    sabir::detail::CoreMessage message = sabir::detail::to_value(any);
    CHECK(json_of(message.get()) == any.payload.text);
    CHECK(sabir::detail::take<Any>(std::move(message))->payload == any.payload);
}

TEST_CASE("a value that cannot be carried is refused by name") {
    WithNumber message;
    message.number = std::numeric_limits<double>::quiet_NaN();
    CHECK(code_of([&] { sabir::detail::to_value(message); }) == SABIR_EVALUE);
    message.number = 1;
    message.text = "\xFF";
    CHECK(words_of([&] { sabir::detail::to_value(message); }).find("text") != std::string::npos);
}

TEST_CASE("another table under the same name is refused, and refused again") {
    (void)sabir::type_of<Point>();
    for (int i = 0; i < 2; i++) CHECK(code_of([] { (void)sabir::type_of<OtherPoint>(); }) == SABIR_EMISMATCH);
}

TEST_CASE("a message without its declaration is noticed before the program runs") {
    struct Derived : Ping {};
    CHECK(sabir::detail::is_declared<Ping>::value);
    CHECK_FALSE(sabir::detail::is_declared<Derived>::value);
    CHECK_FALSE(sabir::detail::is_declared<int>::value);
    CHECK(Ping::message_id == 100);
}

TEST_CASE("every error of the core has its name, its text and its class") {
#define CHECK_ERROR(value, name_, text_)                                                                               \
    try {                                                                                                              \
        sabir::detail::fail(value, "why");                                                                             \
    } catch (const sabir::ErrorOf<value> &error) {                                                                     \
        CHECK(error.code() == (name_));                                                                                \
        CHECK(std::string(error.name()) == #name_);                                                                    \
        CHECK(std::string(error.short_name()) == std::string(#name_).substr(7));                                       \
        CHECK(std::string(error.what()) == std::string(text_) + ": why");                                              \
    }
    SABIR_ERRORS(CHECK_ERROR)
#undef CHECK_ERROR
    CHECK(code_of([] { sabir::detail::fail(-9999, ""); }) == -9999);
}

TEST_CASE("JSON is written and read as strictly as on the wire") {
    sabir::JsonWriter writer;
    writer.object_begin().key("a").array_begin().value(1).value(true).value(nullptr).value("x").value(0.5);
    writer.value(std::numeric_limits<std::uint64_t>::max()).value(sabir::Json("{}")).array_end().object_end();
    const sabir::Json json = writer.json();
    CHECK(json.text == R"({"a":[1,true,null,"x",0.5,18446744073709551615,{}]})");

    sabir::JsonReader reader(json);
    CHECK(reader.next() == SABIR_JSON_OBJECT_BEGIN);
    CHECK(reader.next() == SABIR_JSON_KEY);
    CHECK(reader.text() == "a");
    CHECK(reader.next() == SABIR_JSON_ARRAY_BEGIN);
    CHECK(reader.next() == SABIR_JSON_INTEGER);
    CHECK(reader.int64() == 1);
    CHECK(reader.next() == SABIR_JSON_TRUE);
    CHECK(reader.next() == SABIR_JSON_NULL);
    CHECK(reader.next() == SABIR_JSON_STRING);
    CHECK(code_of([&] { (void)reader.int64(); }) == SABIR_EBADPAYLOAD);
    CHECK(reader.next() == SABIR_JSON_DOUBLE);
    CHECK(reader.number() == 0.5);
    CHECK(reader.next() == SABIR_JSON_INTEGER);
    CHECK(reader.uint64() == std::numeric_limits<std::uint64_t>::max());

    CHECK(code_of([] { (void)sabir::JsonWriter().value(std::numeric_limits<double>::infinity()).json(); }) ==
          SABIR_EVALUE);
    const sabir::Json broken("[1,]");
    sabir::JsonReader strict(broken);
    CHECK(code_of([&] {
              while (strict.next() != SABIR_JSON_END) {
              }
          }) == SABIR_EMALFORMED);
}
