"""Captions for scenes in English and Chinese: the many ways in which people would ask for them."""

import numpy as np

from data import COLORS, S, random_scene
from subjects import MEASURE

SCENE_EN = {
    "night": ["in the night sky", "under the stars", "in a starry night sky", "at night", "in space"],
    "grass": ["on the grass", "in a green meadow", "in a grass field", "on a lawn under a blue sky"],
    "sea": ["by the sea", "at the seaside", "on the sea", "on the ocean"],
    "snow": ["in the snow", "on snow", "in winter", "on a snowy field"],
    "window": [
        "on a window sill",
        "sitting on the window sill",
        "on the windowsill",
        "by the window",
        "at the window, sunlight",
    ],
    "sunset": ["at sunset", "in the sunset", "against a sunset sky", "at dusk", "under an orange evening sky"],
}
SCENE_ZH = {
    "night": ["夜空中的{}", "星空下的{}", "{}，夜空", "{}，夜晚的星空", "太空中的{}"],
    "grass": ["草地上的{}", "{}，在草地上", "{}，绿色草地", "蓝天草地上的{}"],
    "sea": ["海边的{}", "海上的{}", "{}，在海边", "{}，大海背景"],
    "snow": ["雪地里的{}", "{}，在雪地上", "冬天的{}", "{}，雪地背景"],
    "window": ["{}，坐在窗台上", "窗台上的{}", "{}，在窗台上", "{}，坐在窗台上，阳光洒进来", "窗边的{}"],
    "sunset": ["夕阳下的{}", "{}，日落", "{}，傍晚的天空", "黄昏的{}", "{}，在夕阳下"],
}

ADJ_EN = [
    "cute",
    "cute",
    "lovely",
    "beautiful",
    "nice",
    "pretty",
    "cool",
    "simple",
    "colorful",
    "colourful",
    "cartoon",
    "happy",
    "little",
    "single",
]
ADJ_ZH = ["可爱的", "可爱的", "漂亮的", "美丽的", "好看的", "卡通", "简单的", "彩色的"]
FLUFF_EN = [
    "flat icon",
    "icon",
    "emoji",
    "emoji style",
    "cartoon style",
    "vector art",
    "clip art",
    "simple",
    "colorful",
    "cute",
    "high quality",
    "detailed",
    "best quality",
    "4k",
    "digital art",
    "illustration",
    "flat design",
    "sticker",
    "centered",
    "minimalist",
    "photo",
    "sunlight",
    "soft light",
    "shallow depth of field",
    "sharp fur",
    "8k",
    "masterpiece",
]
FLUFF_ZH = [
    "扁平图标",
    "图标",
    "表情符号",
    "卡通风格",
    "矢量图",
    "简笔画",
    "简单",
    "色彩鲜艳",
    "可爱",
    "高质量",
    "细节丰富",
    "高清",
    "插画",
    "扁平风格",
    "贴纸",
    "居中",
    "极简",
    "高清照片风格",
    "毛发细节清晰",
    "浅景深",
    "阳光洒进来",
    "照片",
    "柔和的光线",
    "高清照片",
    "细节清晰",
    "杰作",
]
NUM_EN = {2: ["two", "2", "a pair of"], 3: ["three", "3"], 4: ["four", "4"]}
NUM_ZH = {2: "两", 3: "三", 4: "四"}

NEG_EN = [
    "low quality",
    "blurry",
    "distorted",
    "extra fingers",
    "ugly",
    "noise",
    "bad anatomy",
    "watermark",
    "text",
    "worst quality",
    "deformed",
]
NEG_ZH = ["低质量", "模糊", "扭曲", "多余手指", "丑陋", "噪点", "水印", "文字", "变形", "最差质量"]


def negative(r):
    """what people put into the negative prompt: stands for 'nothing in particular'"""
    if r.rand() < 0.5:
        return ""
    en = r.rand() < 0.5
    return (", " if en else "，").join(ch(r, NEG_EN if en else NEG_ZH) for _ in range(r.randint(1, 5)))


def ch(r, seq):
    """one of seq"""
    return seq[r.randint(len(seq))]


def name(r, i, lang):
    """a name of subject i, most often the usual one"""
    n = S[i][lang]
    kw = S[i]["kw_" + lang]
    if kw and r.rand() < 0.08:
        return ch(r, kw)
    return n[0] if r.rand() < 0.4 else ch(r, n)


UNCOUNT = set(
    "grapes jeans scissors glasses sunglasses headphones noodles popcorn rice bread sushi fireworks milk coffee tea wine beer cheese".split()
)


def art(r, n):
    """n with or without an article"""
    u = r.rand()
    if n in UNCOUNT and u < 0.8 or u < 0.3:
        return n
    if u < 0.36:
        return "the " + n
    if u < 0.42:
        return "one " + n
    return ("an " if n[0] in "aeiou" else "a ") + n


def plural(n):
    """of an English name"""
    if n.endswith("s"):
        return n
    if n.endswith(("sh", "ch", "x")):
        return n + "es"
    if n.endswith("y") and n[-2] not in "aeiou":
        return n[:-1] + "ies"
    return n + "s"


def zh_one(r, i, n, num="一"):
    """a Chinese name with number and measure word, or bare"""
    if num == "一" and r.rand() < 0.4:
        return n
    m = ch(r, MEASURE.get(S[i]["group"], "个").split()) if r.rand() < 0.7 else "个"
    if n[0] in "一大小" and r.rand() < 0.5:
        return n
    return num + m + n


def caption(scene, r, lang=None, fluff=0):
    """one of the many ways in which people would ask for the scene"""
    lang = lang or ("en" if r.rand() < 0.5 else "zh")
    objs, kind, word, size = scene["objs"], scene["kind"], scene["word"], scene["size"]
    i = objs[0][0]
    n = name(r, i, lang)
    adj = r.rand() < 0.25
    if lang == "en":
        if kind == "pair":
            m = name(r, objs[1][0], lang)
            A, B = art(r, n), art(r, m)
            if size == "tall" and r.rand() < 0.6:
                t = ch(
                    r,
                    [
                        "{A} above {B}",
                        "{A} on top and {B} below",
                        "{A} at the top and {B} at the bottom",
                        "{A} over {B}",
                    ],
                )
            else:
                t = ch(
                    r,
                    [
                        "{A} and {B}",
                        "{A} and {B}",
                        "{A} and {B}",
                        "{A}, {B}",
                        "{A} next to {B}",
                        "{A} on the left and {B} on the right",
                        "{A} on the left, {B} on the right",
                        "{B} to the right of {A}",
                        "{A} with {B}",
                        "{A} to the left of {B}",
                        "{A} beside {B}",
                    ],
                )
            x = t.format(A=A, B=B)
        elif kind in ("two", "three", "four"):
            x = ch(r, NUM_EN[len(objs)]) + " " + (ch(r, ADJ_EN[:6]) + " " if adj else "") + plural(n)
        else:
            if kind == "small":
                n = ch(r, ["small", "small", "tiny"]) + " " + n
            elif kind == "large":
                n = ch(r, ["large", "big", "huge"]) + " " + n
            elif adj:
                n = ch(r, ADJ_EN) + " " + n
            x = art(r, n)
        u = r.rand()
        if u < 0.28:
            x = ch(
                r,
                [
                    "a photo of {}",
                    "a picture of {}",
                    "an image of {}",
                    "a drawing of {}",
                    "draw {}",
                    "an icon of {}",
                    "an emoji of {}",
                    "an illustration of {}",
                    "a painting of {}",
                    "show me {}",
                    "photo of {}",
                    "picture of {}",
                    "icon of {}",
                    "this is {}",
                ],
            ).format(x)
        if word:
            if word[0] == "color":
                c = ch(r, COLORS[word[1]][0].split("|"))
                a = "an " if c[0] in "aeiou" else "a "
                x = ch(
                    r,
                    [
                        "{x} on " + a + "{c} background",
                        "{x} on " + a + "{c} background",
                        "{x}, {c} background",
                        "{x} with " + a + "{c} background",
                        "{x} against " + a + "{c} background",
                        "{c} background, {x}",
                        "{x} on {c}",
                    ],
                ).format(x=x, c=c)
            elif word[0] == "grad":
                c = ch(r, COLORS[word[1]][0].split("|"))
                x = ch(
                    r,
                    ["{x}, {c} gradient background", "{x} on a {c} gradient", "{x} on a soft {c} gradient background"],
                ).format(x=x, c=c)
            else:
                x = x + " " + ch(r, SCENE_EN[word[1]])
        k = fluff or (ch(r, [1, 1, 2, 3]) if r.rand() < 0.18 else 0)
        for _ in range(k):
            f = ch(r, FLUFF_EN)
            x = x + ", " + f if r.rand() < 0.8 else f + ", " + x
        u = r.rand()
        if u < 0.12:
            x = x[0].upper() + x[1:]
        elif u < 0.15:
            x = x.title()
        if r.rand() < 0.08:
            x += "."
    else:
        if kind == "pair":
            m = name(r, objs[1][0], lang)
            A, B = zh_one(r, i, n), zh_one(r, objs[1][0], m)
            if size == "tall" and r.rand() < 0.6:
                t = ch(r, ["上面是{A}，下面是{B}", "{A}在上，{B}在下", "{A}在{B}上面"])
            else:
                t = ch(
                    r,
                    [
                        "{A}和{B}",
                        "{A}和{B}",
                        "{A}与{B}",
                        "{A}、{B}",
                        "左边是{A}，右边是{B}",
                        "{A}在左，{B}在右",
                        "左边{A}，右边{B}",
                        "{A}和{B}在一起",
                        "{A} 和 {B}",
                    ],
                )
            x = t.format(A=A, B=B)
        elif kind in ("two", "three", "four"):
            x = zh_one(r, i, (ch(r, ADJ_ZH[:5]) if adj else "") + n, NUM_ZH[len(objs)])
        else:
            if kind == "small":
                n = ch(r, ["小小的", "小的", "很小的"]) + n
            elif kind == "large":
                n = ch(r, ["大大的", "巨大的", "很大的"]) + n
            elif adj:
                n = ch(r, ADJ_ZH) + n
            x = zh_one(r, i, n)
        if r.rand() < 0.28:
            x = ch(
                r,
                [
                    "一张{}的图片",
                    "{}的照片",
                    "{}的图片",
                    "画一个{}",
                    "画{}",
                    "{}的插画",
                    "一幅{}的画",
                    "{}图标",
                    "生成{}的图片",
                    "这是{}",
                ],
            ).format(x)
        if word:
            if word[0] == "color":
                c = ch(r, COLORS[word[1]][1].split("|"))
                x = ch(
                    r,
                    [
                        "{x}，{c}背景",
                        "{x}，{c}背景",
                        "{c}背景上的{x}",
                        "{c}背景的{x}",
                        "{x}，背景是{c}",
                        "{c}背景，{x}",
                        "{x}，{c}的背景",
                    ],
                ).format(x=x, c=c)
            elif word[0] == "grad":
                c = ch(r, COLORS[word[1]][1].split("|"))
                x = ch(r, ["{x}，{c}渐变背景", "{c}渐变背景上的{x}", "{x}，柔和的{c}渐变"]).format(x=x, c=c)
            else:
                x = ch(r, SCENE_ZH[word[1]]).format(x)
        k = fluff or (ch(r, [1, 1, 2, 3]) if r.rand() < 0.18 else 0)
        for _ in range(k):
            f = ch(r, FLUFF_ZH)
            x = x + "，" + f if r.rand() < 0.8 else f + "，" + x
        u = r.rand()
        if u < 0.06:
            x = x.replace("，", ",")
        elif u < 0.12:
            x = x.replace("，", " ")
        if r.rand() < 0.08:
            x += "。"
    return x


if __name__ == "__main__":
    r = np.random.RandomState(0)
    for _ in range(40):
        sc = random_scene(r)
        print(caption(sc, r), "|", caption(sc, r, "zh"))
