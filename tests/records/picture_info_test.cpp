#include "headroom/image/picture_info.h"

#include "headroom/core/error.h"
#include "headroom/image/image_reader.h"
#include "headroom/records/find_settings.h"

#include "support/expect_error.h"
#include "support/raw_png.h"
#include "support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace headroom {
namespace {

using test::chunk;
using test::expect_error;
using test::kSignature;
using test::raw_png;
using test::TempFolder;
using test::u32;
using test::zlib_stored;
using testing::AllOf;
using testing::HasSubstr;

// A grey pixel with `chunks` before it.
std::string png_with(const std::string& chunks) {
  return raw_png(1, 1, 8, 0, std::string(2, '\0'), chunks);
}

std::vector<PictureText> read(const std::string& bytes) {
  const TempFolder folder;
  return read_picture_info(folder.write("picture.png", bytes)).texts;
}

void expect_damaged(const std::string& bytes, const std::string& what) {
  expect_error(ErrorKind::kIo, AllOf(HasSubstr("picture.png: "), HasSubstr(what)),
               [&] { (void)read(bytes); });
}

TEST(PictureInfo, ReadsEntriesOfOtherPrograms) {
  const auto texts =
      read(png_with(chunk("tEXt", std::string("parameters\0caf\xE9", 15)) +
                    chunk("gAMA", std::string("\x00\x00\xB1\x8F", 4)) +
                    chunk("iTXt", std::string("Comment\0\0\0zh\0评论\0一只猫", 29))));
  ASSERT_EQ(texts.size(), 2U);
  EXPECT_EQ(texts[0].keyword, "parameters");
  EXPECT_EQ(texts[0].value, "caf\xC3\xA9");
  EXPECT_FALSE(texts[0].always_itxt);
  EXPECT_EQ(texts[1].keyword, "Comment");
  EXPECT_EQ(texts[1].value, "一只猫");
  EXPECT_TRUE(texts[1].always_itxt);
}

std::string read_text(const std::string& bytes) {
  return read(png_with(chunk("tEXt", std::string("parameters\0", 11) + bytes))).at(0).value;
}

TEST(PictureInfo, TextThatIsNearlyUtf8IsReadAsThat) {
  EXPECT_EQ(read_text("一只猫\xE5\x9C"), "一只猫\uFFFD") << "cut in a character";
  EXPECT_EQ(read_text("caf\u00E9 \xC3"), "caf\u00E9 \uFFFD");
  EXPECT_EQ(read_text("一只\xFF猫, sitting"), "一只\uFFFD猫, sitting");
  EXPECT_EQ(read_text("一\x80只猫"), "一\uFFFD只猫");
  EXPECT_EQ(read_text("一只\xE7\x8C, a cat"), "一只\uFFFD, a cat");
}

TEST(PictureInfo, TextInLatin1StaysThat) {
  EXPECT_EQ(read_text("caf\xE9"), "caf\u00E9");
  EXPECT_EQ(read_text("\xFC\x62\x65r gr\xF6\xDF\x65r"), "\u00FCber gr\u00F6\u00DFer");
  // "ß»" are the bytes of a character of UTF-8, too.
  EXPECT_EQ(read_text("sch\xF6n gro\xDF\xBB"), "sch\u00F6n gro\u00DF\u00BB");
}

TEST(PictureInfo, BytesOfWindows1252AreNoControlCharacters) {
  EXPECT_EQ(read_text("\x93quoted\x94 \x96 it\x92s 5 \x80\x85"),
            "\u201Cquoted\u201D \u2013 it\u2019s 5 \u20AC\u2026");
  EXPECT_EQ(read_text("a\x81\x62\xE9"), "a\uFFFD\x62\u00E9") << "no character there";
}

TEST(PictureInfo, TheZeroByteThatEndsATextInCIsNoPartOfIt) {
  const std::string_view written = "a fox\nSteps: 4";
  EXPECT_EQ(read_text(std::string(written) + '\0'), written);
  EXPECT_EQ(read_text(std::string(written) + std::string("\0\0\x17z", 4)), written) << "a buffer";
  const auto texts = read(
      png_with(chunk("iTXt", std::string("a\0\0\0\0\0", 6) + "一只猫" + '\0') +
               chunk("zTXt", std::string("b\0\0", 3) + zlib_stored(std::string("cats\0", 5)))));
  EXPECT_EQ(texts.at(0).value, "一只猫");
  EXPECT_EQ(texts.at(1).value, "cats");
}

TEST(PictureInfo, ReadableTextAfterAZeroByteIsReadToo) {
  EXPECT_EQ(read_text(std::string("a fox\0Steps: 4, Seed: 7\0", 24)), "a fox\nSteps: 4, Seed: 7");
  EXPECT_EQ(read_text(std::string("cat\0\0猫", 8)), "cat\n猫");
  EXPECT_EQ(read_text(std::string("{\"a\": 1}\0rest", 13)), "{\"a\": 1}") << "an object is whole";
  EXPECT_EQ(read_text(std::string("cat\0\xFF\xFE", 6)), "cat");
}

// By Python's "a 🐼\n4".encode("utf-16"), ("utf-16-le") and ("utf-16-be").
TEST(PictureInfo, TextInUtf16IsRead) {
  const std::string little("a\0 \0\x3D\xD8\x3C\xDC\n\0004\0", 12);
  const std::string big("\0a\0 \xD8\x3D\xDC\x3C\0\n\0004", 12);
  EXPECT_EQ(read_text("\xFF\xFE" + little), "a 🐼\n4");
  EXPECT_EQ(read_text("\xFE\xFF" + big), "a 🐼\n4");
  EXPECT_EQ(read_text(little), "a 🐼\n4");
  EXPECT_EQ(read_text(big), "a 🐼\n4");
  EXPECT_EQ(read_text("\xFF\xFE" + little + std::string(2, '\0')), "a 🐼\n4");
}

TEST(PictureInfo, ReadsEntriesAfterThePixels) {
  std::string bytes = png_with("");
  bytes.insert(bytes.size() - 12, chunk("tEXt", std::string("a\0b", 3)));
  EXPECT_EQ(read(bytes).at(0).value, "b");
}

TEST(PictureInfo, TakesTextThatIsUtf8ForUtf8) {
  for (const char* const text : {"一只红色的猫", "un café à Besançon", "テスト 🐼", "plain"}) {
    for (const char* const type : {"tEXt", "iTXt"}) {
      const std::string before = type == std::string("tEXt") ? "" : std::string(4, '\0');
      const auto texts = read(png_with(chunk(type, text + std::string(1, '\0') + before + text)));
      ASSERT_EQ(texts.size(), 1U);
      EXPECT_EQ(texts[0].keyword, text);
      EXPECT_EQ(texts[0].value, text);
    }
  }
}

TEST(PictureInfo, ReadsCompressedEntries) {
  const auto texts =
      read(png_with(chunk("zTXt", std::string("a\0\0", 3) + zlib_stored("caf\xE9")) +
                    chunk("zTXt", std::string("b\0\0", 3) + zlib_stored("猫")) +
                    chunk("iTXt", std::string("c\0\1\0\0\0", 6) + zlib_stored("一只猫")) +
                    chunk("zTXt", std::string("d\0\0", 3) + zlib_stored(std::string(60000, 'x')))));
  ASSERT_EQ(texts.size(), 4U);
  EXPECT_EQ(texts[0].value, "café");
  EXPECT_EQ(texts[1].value, "猫");
  EXPECT_EQ(texts[2].value, "一只猫");
  EXPECT_EQ(texts[3].value, std::string(60000, 'x'));
}

TEST(PictureInfo, APlainPictureHasNone) { EXPECT_TRUE(read(png_with("")).empty()); }

TEST(PictureInfo, RefusesWhatIsNoPng) {
  expect_damaged("", "not a PNG, JPEG or WebP");
  expect_damaged("\xFF\xD8\xFF\xE0 a JPEG", "ends too early");
  expect_damaged("GIF89a", "not a PNG, JPEG or WebP");
  expect_damaged(kSignature.substr(0, 7), "not a PNG, JPEG or WebP");
}

// What was said before the end is there; without a word nothing is left of the picture.
TEST(PictureInfo, OfEveryTruncationWhatItSaidIsRead) {
  const std::string text = chunk("tEXt", std::string("key\0value", 9));
  const std::string whole = png_with(text);
  ASSERT_EQ(read(whole).size(), 1U);
  const std::size_t said = whole.find(text) + text.size();
  for (std::size_t size = kSignature.size(); size < whole.size(); ++size) {
    const std::string cut = whole.substr(0, size);
    if (size < said) {
      expect_damaged(cut, "ends too early");
    } else {
      const TempFolder folder;
      const PictureInfo info = read_picture_info(folder.write("p.png", cut));
      EXPECT_EQ(info.texts.at(0).value, "value") << size;
      EXPECT_THAT(info.problems, testing::ElementsAre(testing::Property(
                                     &Message::english, HasSubstr("ends too early"))))
          << size;
    }
  }
}

TEST(PictureInfo, RefusesALengthBeyondTheFile) {
  expect_damaged(kSignature + "\xFF\xFF\xFF\xFFtEXt" + std::string(20, 'x'), "ends too early");
}

TEST(PictureInfo, LeavesDamagedEntriesOutAndSaysSo) {
  const auto expect_left_out = [](const std::string& damaged) {
    const TempFolder folder;
    const PictureInfo info = read_picture_info(folder.write(
        "p.png", png_with(damaged + chunk("tEXt", std::string("parameters\0a\nSteps: 4", 21)))));
    EXPECT_THAT(info.problems, testing::ElementsAre(testing::Property(
                                   &Message::english, "a text entry is damaged and left out")));
    ASSERT_EQ(info.texts.size(), 1U);
    const auto settings = find_settings(info.texts);
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->request.steps, 4);
  };
  std::string flipped = chunk("tEXt", std::string("key\0value", 9));
  flipped[flipped.find("value")] ^= 1;
  expect_left_out(flipped);
  expect_left_out(chunk("tEXt", "no zero byte"));
  expect_left_out(chunk("zTXt", std::string("key\0\0not zlib", 13)));
  expect_left_out(chunk("zTXt", std::string("key\0\7", 5)));
  expect_left_out(chunk("iTXt", "no zero byte"));
  expect_left_out(chunk("iTXt", std::string("key\0\0", 5)));
  expect_left_out(chunk("iTXt", std::string("key\0\0\0en", 8)));
  expect_left_out(chunk("iTXt", std::string("key\0\0\0en\0key", 12)));
}

// `size` letters "a" in a zlib frame of one deflate block with fixed codes (RFC 1951, 3.2.6): the
// letter, then copies of 258 of what came one byte before. `size`: a multiple of 258, and one.
std::string zlib_repeated(std::size_t size) {
  std::string out("\x78\x01", 2);
  unsigned bits = 0;
  unsigned held = 0;
  const auto put = [&](unsigned value, unsigned count) {  // the lowest bit first
    bits |= value << held;
    for (held += count; held >= 8; held -= 8, bits >>= 8U) out += static_cast<char>(bits & 0xFFU);
  };
  const auto put_code = [&](unsigned code, unsigned count) {  // Huffman codes: the highest first
    for (unsigned bit = count; bit-- > 0;) put(code >> bit & 1U, 1);
  };
  put(1, 1);  // the last block
  put(1, 2);  // fixed codes
  put_code(0x30U + 'a', 8);
  for (std::size_t i = 0; i < size / 258; ++i) {
    put_code(0xC5, 8);  // 285: a length of 258
    put_code(0, 5);     // a distance of 1
  }
  put_code(0, 7);  // 256: the end
  put(0, 7);
  // Adler-32 of equal bytes: sums of an arithmetic series.
  constexpr std::uint64_t kPrime = 65521;
  const std::uint64_t n = size;
  const std::uint64_t a = (1 + 'a' * n) % kPrime;
  const std::uint64_t b = (n % kPrime + 'a' * ((n * (n + 1) / 2) % kPrime)) % kPrime;
  return out + u32(static_cast<std::uint32_t>(b << 16U | a));
}

// A sound entry is not called damaged, and nothing of such a length is kept in memory.
TEST(PictureInfo, SaysOfEntriesThatUnpackToHundredsOfMegabytesThatTheyAreTooLong) {
  const auto zlib = [](std::size_t size) { return std::string("\0", 1) + zlib_repeated(size); };
  const auto texts = read(png_with(chunk("zTXt", std::string("a\0", 2) + zlib(258 * 4000 + 1))));
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_EQ(texts[0].value, std::string(258 * 4000 + 1, 'a'));
  const std::string long_zlib = zlib_repeated(258UL * 1'200'000 + 1);
  for (const std::string& entry : {chunk("zTXt", std::string("key\0\0", 5) + long_zlib),
                                   chunk("iTXt", std::string("key\0\1\0\0\0", 8) + long_zlib)}) {
    const TempFolder folder;
    const PictureInfo info = read_picture_info(folder.write(
        "p.png", png_with(entry + chunk("tEXt", std::string("parameters\0a\nSteps: 4", 21)))));
    EXPECT_THAT(
        info.problems,
        testing::ElementsAre(testing::Property(
            &Message::english, "a text entry is longer than 16 MB once unpacked and left out")));
    const auto settings = find_settings(info.texts);
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->request.steps, 4);
  }
}

// EXIF with one UserComment, in the byte order of `mark`.
std::string exif(const std::string& comment, const std::string& mark = "MM") {
  const bool big = mark == "MM";
  const auto number = [big](std::uint32_t value, int size) {
    std::string bytes;
    for (int i = 0; i < size; ++i) {
      const int shift = 8 * (big ? size - 1 - i : i);
      bytes += static_cast<char>(value >> shift & 0xFFU);
    }
    return bytes;
  };
  const auto size = static_cast<std::uint32_t>(comment.size());
  return mark + number(42, 2) + number(8, 4) + number(1, 2) + number(0x8769, 2) + number(4, 2) +
         number(1, 4) + number(26, 4) + number(0, 4) + number(1, 2) + number(0x9286, 2) +
         number(7, 2) + number(size, 4) + number(44, 4) + number(0, 4) + comment;
}

std::string utf16(const std::u16string& text, bool big) {
  std::string bytes;
  for (const char16_t unit : text) {
    const auto high = static_cast<char>(unit >> 8);
    const auto low = static_cast<char>(unit & 0xFF);
    bytes += big ? high : low;
    bytes += big ? low : high;
  }
  return bytes;
}

std::string jpeg(const std::string& exif_block) {
  const std::string data = std::string("Exif\0\0", 6) + exif_block;
  const auto length = static_cast<unsigned>(data.size() + 2);
  const std::string frame("\xFF\xC0\x00\x0B\x08\x00\x02\x00\x03\x01\x11\x00\x00", 13);
  return "\xFF\xD8\xFF\xE1" +
         std::string{static_cast<char>(length >> 8U), static_cast<char>(length & 0xFFU)} + data +
         frame + "\xFF\xDA pixels";
}

std::string webp(const std::string& block, const std::string& type = "EXIF") {
  const auto chunk_of = [](const std::string& name, const std::string& data) {
    std::string out = name;
    for (unsigned shift = 0; shift < 32; shift += 8)
      out += static_cast<char>(data.size() >> shift & 0xFFU);
    return out + data + std::string(data.size() % 2, '\0');
  };
  const std::string header("\x08\0\0\0\x02\0\0\x01\0\0", 10);  // 3 x 2
  return chunk_of("RIFF", "WEBP" + chunk_of("VP8X", header) + chunk_of(type, block));
}

TEST(PictureInfo, ReadsTheUserCommentOfJpegAndWebp) {
  const std::u16string text = u"一只红色的猫\nSteps: 8, Seed: 42";
  const std::string unicode("UNICODE\0", 8);
  const std::string ascii("ASCII\0\0\0", 8);
  const TempFolder folder;
  int count = 0;
  for (const std::string& block :
       {exif(unicode + utf16(text, true)), exif(unicode + utf16(text, false), "II"),
        exif(unicode + utf16(text, true), "II"), exif(unicode + utf16(u"\uFEFF" + text, false)),
        exif(ascii + "一只红色的猫\nSteps: 8, Seed: 42"),
        exif(std::string(8, '\0') + "一只红色的猫\nSteps: 8, Seed: 42")}) {
    for (const std::string& bytes : {jpeg(block), webp(block), png_with(chunk("eXIf", block))}) {
      const auto name = "p" + std::to_string(count++);
      const PictureInfo info = read_picture_info(folder.write(name, bytes));
      const auto settings = find_settings(info.texts);
      ASSERT_TRUE(settings) << name;
      EXPECT_EQ(settings->request.prompt, "一只红色的猫") << name;
      EXPECT_EQ(settings->request.seed, 42U) << name;
    }
  }
  for (const std::string& bytes : {jpeg(exif("")), webp(exif(""))}) {
    const PictureInfo info = read_picture_info(folder.write("size", bytes));
    EXPECT_EQ(info.width, 3);
    EXPECT_EQ(info.height, 2);
    EXPECT_FALSE(find_settings(info.texts));
    EXPECT_EQ(info.why_no_pixels.english(),
              bytes.starts_with("RIFF") ? "it is not a PNG or JPEG picture; convert it first" : "");
  }
}

// Where writers keep to their own ways.
TEST(PictureInfo, ReadsWhatWritersReallyWrite) {
  const std::string text = "一只红色的猫\nSteps: 8, Seed: 42";
  const std::string block = exif(std::string("UNICODE\0", 8) + text);  // UTF-8, whatever it says
  std::string digits;
  for (const unsigned char byte : block) {
    if (digits.size() % 73 == 72) digits += '\n';
    digits += "0123456789abcdef"[byte / 16];
    digits += "0123456789abcdef"[byte % 16];
  }
  const std::string profile = "\nexif\n      " + std::to_string(block.size()) + "\n" + digits;
  const std::string comment = "\xFF\xFE" + std::string{'\0', static_cast<char>(text.size() + 2)};
  std::string commented = jpeg(exif(""));
  commented.insert(2, comment + text);
  const TempFolder folder;
  int count = 0;
  for (const std::string& bytes :
       {jpeg(block), commented, png_with(chunk("tEXt", std::string("Parameters\0", 11) + text)),
        png_with(chunk("tEXt", std::string("parameters\0\xEF\xBB\xBF", 14) + text)),
        png_with(chunk("tEXt", std::string("Raw profile type exif\0", 22) + profile)),
        png_with(
            chunk("zTXt", std::string("Raw profile type APP1\0\0", 23) + zlib_stored(profile)))}) {
    const std::string name = "p" + std::to_string(count++);
    const PictureInfo info = read_picture_info(folder.write(name, bytes));
    const auto settings = find_settings(info.texts);
    ASSERT_TRUE(settings) << name;
    EXPECT_EQ(settings->request.prompt, "一只红色的猫") << name;
    EXPECT_EQ(settings->request.seed, 42U) << name;
  }
  for (const char* const damaged : {"", "\nexif\n", "\nexif\n 9\n4d", "\nexif\n 1\nzz"}) {
    const auto texts =
        read(png_with(chunk("tEXt", std::string("Raw profile type exif\0", 22) + damaged)));
    ASSERT_EQ(texts.size(), 1U) << damaged;
    EXPECT_EQ(texts[0].value, damaged);
  }
}

TEST(PictureInfo, DamagedExifIsNoReasonToReadNothing) {
  const TempFolder folder;
  const std::string whole = exif(std::string("ASCII\0\0\0", 8) + "a\nSteps: 8, Seed: 42");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const PictureInfo info =
        read_picture_info(folder.write("p" + std::to_string(size), jpeg(whole.substr(0, size))));
    EXPECT_FALSE(find_settings(info.texts)) << size;
    EXPECT_THAT(info.problems, testing::ElementsAre(testing::Property(
                                   &Message::english, HasSubstr("EXIF block is damaged"))))
        << size;
  }
}

std::string xmp(const std::string& properties) {
  return "<?xpacket begin=\"\xEF\xBB\xBF\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF>" +
         properties + "</rdf:RDF></x:xmpmeta>";
}

// Draw Things writes nothing else: JSON in XMP's copy of EXIF's comment.
TEST(PictureInfo, ReadsXmpOfEveryKindOfFile) {
  const std::string json =
      R"({"c":"一只红色的猫 & \"frame\"","uc":"<blur>","scale":5,"seed":42,"steps":8,"size":"768x512"})";
  const auto escaped = [](const std::string& text) {
    std::string out;
    for (const char c : text)
      out += c == '<' ? "&lt;" : c == '&' ? "&amp;" : c == '"' ? "&quot;" : std::string(1, c);
    return out;
  };
  const std::string packet =
      xmp("<rdf:Description><exif:UserComments>no</exif:UserComments><exif:UserComment><rdf:Alt>"
          "<rdf:li xml:lang=\"x-default\">" +
          escaped(json) + "</rdf:li><rdf:li>other</rdf:li></rdf:Alt></exif:UserComment>" +
          "<xmp:CreatorTool>Draw Things</xmp:CreatorTool></rdf:Description>");
  const std::string attribute =
      xmp("<rdf:Description exif:UserComment=\"" + escaped(json) + "\"/>");
  const std::string data =
      xmp("<rdf:Description><exif:UserComment><![CDATA[" + json + "]]></exif:UserComment>");
  const auto in_jpeg = [](const std::string& text) {
    const std::string segment = std::string("http://ns.adobe.com/xap/1.0/\0", 29) + text;
    const std::size_t length = segment.size() + 2;
    std::string bytes = jpeg(exif(""));
    return bytes.insert(
        2, "\xFF\xE1" +
               std::string{static_cast<char>(length >> 8U), static_cast<char>(length & 0xFFU)} +
               segment);
  };
  const auto in_png = [](const std::string& text) {
    return png_with(chunk("iTXt", std::string("XML:com.adobe.xmp\0\0\0\0\0", 22) + text));
  };
  const TempFolder folder;
  int count = 0;
  for (const std::string& bytes :
       {in_jpeg(packet), in_png(packet), webp(packet, "XMP "), in_png(attribute), in_png(data)}) {
    const std::string name = "p" + std::to_string(count++);
    const PictureInfo info = read_picture_info(folder.write(name, bytes));
    const auto settings = find_settings(info.texts);
    ASSERT_TRUE(settings) << name;
    const GenerationRequest& request = settings->request;
    EXPECT_EQ(settings->source, "draw things");
    EXPECT_EQ(request.prompt, "一只红色的猫 & \"frame\"") << name;
    EXPECT_EQ(request.negative_prompt, "<blur>") << name;
    EXPECT_EQ(request.seed, 42U) << name;
    EXPECT_EQ(request.steps, 8) << name;
    EXPECT_EQ(request.width, 768) << name;
    EXPECT_EQ(request.guidance_scale, 4) << name;  // theirs is the usual scale, one more
  }
  // What is none of these is shown as it is.
  for (const std::string& other :
       {xmp("<dc:rights>mine</dc:rights>"), std::string("<exif:UserComm"),
        std::string("<exif:UserComment>a"), std::string("&#;&#x;&")}) {
    const auto texts = read(in_png(other));
    ASSERT_EQ(texts.size(), 1U);
    EXPECT_EQ(texts[0].keyword, "XMP");
    EXPECT_EQ(texts[0].value, other);
  }
  const auto named =
      read(in_png(xmp("<dc:description>a &#20013; &#x4E2D; &apos;&lt;</dc:description>"
                      "<xmp:CreatorTool>b &nbsp; &#xD800; & c</xmp:CreatorTool>")));
  ASSERT_EQ(named.size(), 2U);
  EXPECT_EQ(named[0].keyword, "Description");
  EXPECT_EQ(named[0].value, "a 中 中 '<");
  EXPECT_EQ(named[1].value, "b &nbsp; \xEF\xBF\xBD & c");
}

// In the decoder's words, so that nothing is priced or offered that it would refuse.
TEST(PictureInfo, SaysBeforehandWhichPixelsTheDecoderWouldRefuse) {
  const TempFolder folder;
  const auto why_not = [&](const std::string& bytes) {
    const auto file = folder.write("p", bytes);
    const std::string reason = read_picture_info(file).why_no_pixels.english();
    std::string decoders;
    try {
      (void)read_image(file);
    } catch (const Error& e) {
      decoders = e.what();
    }
    EXPECT_TRUE(decoders.ends_with(reason)) << decoders;
    EXPECT_EQ(decoders.empty(), reason.empty()) << decoders;
    return reason;
  };
  EXPECT_EQ(why_not(png_with("")), "");
  EXPECT_EQ(why_not(webp(exif(""))), "it is not a PNG or JPEG picture; convert it first");
  EXPECT_EQ(why_not(raw_png(16385, 1, 8, 0, std::string(16386, '\0'))),
            "it is larger than 16384 px a side; make it smaller first");
  EXPECT_EQ(why_not(raw_png(1, 16385, 8, 0, std::string(std::size_t{2} * 16385, '\0'))),
            "it is larger than 16384 px a side; make it smaller first");
  EXPECT_EQ(why_not(raw_png(16384, 1, 8, 0, std::string(16385, '\0'))), "");
}

TEST(PictureInfo, SaysWhyAFileCannotBeRead) {
  const TempFolder folder;
  expect_error(ErrorKind::kIo, AllOf(HasSubstr("missing.png"), HasSubstr("no such file")),
               [&] { (void)read_picture_info(folder / "missing.png"); });
  expect_error(ErrorKind::kIo, HasSubstr("is a folder"),
               [&] { (void)read_picture_info(folder.path()); });
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  expect_error(ErrorKind::kIo, HasSubstr("not a regular file"),
               [&] { (void)read_picture_info(folder / "pipe"); });
  folder.write("huge", "");
  std::filesystem::resize_file(folder / "huge", (std::uintmax_t{1} << 30) + 1);  // sparse
  expect_error(ErrorKind::kIo, HasSubstr("larger than 1 GB"),
               [&] { (void)read_picture_info(folder / "huge"); });
}

}  // namespace
}  // namespace headroom
