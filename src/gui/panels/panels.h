#pragma once
#include "headroom/gui_toolkit/ui.h"

#include <imgui.h>

namespace headroom {

// One function per panel. Those with an area make a window there; the others draw into the present
// window.
void draw_top_bar(const Ui& ui, const Rect& area);

void draw_queue_list(const Ui& ui);  // the popup of the queue's button

// The names of model and device as buttons that open a menu of alternatives; `most` is the largest
// width (screen pixels). Each returns its width.
float draw_model_plate(const Ui& ui, ImVec2 at, float height, float most);
float draw_device_plate(const Ui& ui, ImVec2 at, float height, float most);

void draw_left_panel(const Ui& ui, const Rect& area);
void draw_prompt_panel(const Ui& ui);
// Opens the list of LoRAs; `at` is its upper right corner. Returns its left edge.
float draw_lora_button(const Ui& ui, ImVec2 at, float height);
void draw_lora_chips(const Ui& ui);
void draw_start_chips(const Ui& ui);  // start picture and the like, if there are any
void draw_size_panel(const Ui& ui);
void draw_settings_fold(const Ui& ui);  // one line that summarises the settings and opens them
void draw_settings_panel(const Ui& ui);
void draw_plan_card(const Ui& ui);  // how the run will be carried out
void draw_plan_line(const Ui& ui);  // the same in one line
// Why it cannot run, or else how it will. Always one line, so that nothing moves.
void draw_reason(const Ui& ui);
void draw_generate_panel(const Ui& ui);
// The line of the plan as a text: "768×512 · 3.9 GB · ≈ 5 s", "2048×1024 · 9.1 GB · 0.4 GB short".
// There is a forecast.
[[nodiscard]] std::string plan_words(const Ui& ui);

void draw_canvas_panel(const Ui& ui, const Rect& area);
// Above the canvas, from the top of `area` on; returns the height used.
double draw_banners(const Ui& ui, const Rect& area);
// A button with its right edge at `right` that opens the list of folded messages; nothing if there
// are none. Returns its left edge.
float draw_bell(const Ui& ui, float right, float y, float height);
// Actions on the shown picture, in the rest of the present line.
void draw_picture_buttons(const Ui& ui);
// Choices for finishing the picture. Opens above `at` (screen pixels) while "finish_list" is open.
void draw_finish_list(const Ui& ui, ImVec2 at);
// The same for enlarging it, while "upscale_list" is open.
void draw_upscale_list(const Ui& ui, ImVec2 at);
// Above the canvas, if the shown picture was made from another one: while it is held, that one is
// shown instead.
void draw_compare_pill(const Ui& ui, const Rect& canvas);
// At the bottom of the canvas, while a result of a repaint is shown: which one, and what to do
// with it.
void draw_repaint_bar(const Ui& ui, const Rect& canvas);
// The tools that paint a mask, instead of the actions.
void draw_mask_bar(const Ui& ui);
// Paints with the mouse on the last item, the canvas; `place` is the picture's rectangle.
void paint_mask(const Ui& ui, const Rect& place);
void draw_mask(const Ui& ui, const Rect& canvas, const Rect& place);
// Handles at the edges of the canvas around the picture, which lies at `inner`, `scale` screen
// pixels to one of its own, and the need of the size that they were dragged to; before the canvas
// takes the mouse. Then what is new there.
void drag_canvas_edges(const Ui& ui, const Rect& canvas, const Rect& inner, double scale);
void draw_outpaint(const Ui& ui, const Rect& canvas, const Rect& inner, double scale);
void draw_progress_panel(const Ui& ui, const Rect& area);
void draw_thumbnails_panel(const Ui& ui, const Rect& area);

// Sample pictures of the model on the empty canvas; clicking one makes a picture like it. Returns
// their side in screen pixels; 0: there are none, or no room.
float samples_side(const Ui& ui, const Rect& canvas);
// Draws them in a row centred on `middle`, below `y`; `side` is from samples_side().
void draw_samples(const Ui& ui, float middle, float y, float side);

// The question before the window closes, if something would be lost.
void draw_close_question(const Ui& ui);
// Asks for another folder for pictures that could not be saved, when the queue waits for that.
void draw_save_question(const Ui& ui);
// Asks for another model's folder when the requested model could not be opened.
void draw_model_question(const Ui& ui);
// The lists of all models and of LoRAs to add, while they are open.
void draw_model_list_sheet(const Ui& ui);
void draw_lora_list_sheet(const Ui& ui);
// Asks which settings of a dropped picture to take over.
void draw_offered_picture(const Ui& ui);

void draw_picture_panel(const Ui& ui, const Rect& area);
void draw_memory_panel(const Ui& ui, const Rect& area);

}  // namespace headroom
