#pragma once
// Dear ImGui's build settings for this program (IMGUI_USER_CONFIG).
#define IMGUI_USE_WCHAR32       // emoji and rare Han characters lie beyond 16 bits
#define ImDrawIdx unsigned int  // more than 65,536 vertices in one window
#define IMGUI_DISABLE_OBSOLETE_FUNCTIONS
#define IMGUI_ENABLE_FREETYPE  // hinted, crisp small text
