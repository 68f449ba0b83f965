#include "headroom/engine/model_offer.h"

#include <gtest/gtest.h>

namespace headroom {
namespace {

TEST(ModelOffer, NamesTheFormatOfMostMatricesFirst) {
  ModelOffer offer;
  EXPECT_EQ(formats_of(offer), "");
  offer.formats = {{"Q6_K", 30}, {"F32", 2}, {"Q4_K", 180}};
  EXPECT_EQ(formats_of(offer), "Q4_K + Q6_K + F32");
}

TEST(ModelOffer, IsTheSameWhateverIsKnownOfIt) {
  ModelOffer offer;
  offer.model = offer.place = "/models/a";
  ModelOffer known = offer;
  known.file_bytes = 7;
  known.presets.resize(5);
  EXPECT_TRUE(is_same(offer, known));
  known.is_here = false;
  EXPECT_FALSE(is_same(offer, known));
}

}  // namespace
}  // namespace headroom
