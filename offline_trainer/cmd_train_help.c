// SPDX-License-Identifier: ISC

#include "offline_trainer/cmd_train.h"

#include "offline_trainer/control/control_lesson.h"
#include "offline_trainer/examples/learn.h"
#include "offline_trainer/text/token_lesson.h"

#include <stdio.h>

static const char help_files[] =
  "Usage: remanence train --input DRY --target WET [OPTION]... -o MODEL\n"
  "  or:  remanence train --control FOLDER [OPTION]... -o MODEL\n"
  "  or:  remanence train --text FILE... [OPTION]... -o MODEL\n"
  "  or:  remanence train --examples FILE --task TASK [OPTION]... -o MODEL\n"
  "Train a net to do to DRY what a device did: WET is the recording of its\n"
  "output. Two minutes are enough for most amplifiers and pedals. The best\n"
  "model so far is always on disk; Ctrl-C stops and keeps it. Or, from the\n"
  "performances in FOLDER, train one to play a controller on as a player did.\n"
  "\n"
  "Recordings\n"
  "  -i, --input DRY           what went into the device\n"
  "  -t, --target WET          what came out, at the same rate; repeat both\n"
  "                            for more pairs\n"
  "      --knob NAME=VALUE     where a knob stood for the pair before; models\n"
  "                            of several pairs learn their knobs\n"
  "      --latency N           WET lags by N samples; default: measured\n"
  "      --valid-input DRY     a pair to test with, instead of a part of\n"
  "      --valid-target WET    those that are learned from\n"
  "      --valid-fraction F    part of each pair that is held out [0.1]\n"
  "\n"
  "Model\n"
  "  -o, --output MODEL        .safetensors, or .json, .aidax, .nam\n"
  "      --hidden N            hidden size [32]: 16 is cheap, 64 is fine\n"
  "      --layers N            recurrent layers [1]\n"
  "      --cell C              lstm, gru, rnn, rnn-sigmoid [lstm]: GRUs are a\n"
  "                            quarter cheaper, RNNs forget\n"
  "      --skip, --no-skip     add the input to the output, or not [skip;\n"
  "                            no-skip for .nam, which cannot say it]\n"
  "      --name, --author, --notes TEXT   kept in the model\n"
  "\n";

static const char help_frames[] =
  "Control frames\n"
  "      --control FOLDER      logs of performances, as the plugin and IMPSY\n"
  "                            write them; the model is a .safetensors file\n"
  "      --validation FOLDER   performances to test with, instead of about a\n"
  "                            sixth of those that are learned from\n"
  "      --dimensions N        learn from logs of N values a row, and leave "
  "out\n"
  "                            others [all have to have the same]\n"
  "      --mixtures N          Gaussians of a prediction [5]\n"
  "      --head mdn|linear     mixtures, or one guess without chance [mdn]\n"
  "      --shift D             move all of a performance's numbers by up to D\n"
  "                            deviations, anew each epoch, so that the net\n"
  "                            learns gestures and no places by heart [%g]\n"
  "      --longest S           seconds that the net waits at most [as long as\n"
  "                            99.9 %% of the waits it learns from]\n"
  "      --rnn-rows            learn from what a net played, too\n"
  "      --switch D,...        dimensions, from 1, that are on or off; those\n"
  "                            that are 0 or 1 and nothing else are anyway\n"
  "      --choice D,...        dimensions that take the values that occur and\n"
  "                            no others: note numbers\n"
  "      --continuous D,...    dimensions that are numbers after all\n"
  "      --watch               go on until Ctrl-C, and learn from "
  "performances\n"
  "                            as they are added\n"
  "\n";

static const char help_listen[] =
  "Listening\n"
  "      --listen FOLDER       sounds, each with its labels beside it: "
  "take.wav\n"
  "                            and take.csv, `seconds,label` a line, or\n"
  "                            take.txt, a label track of Audacity; the model\n"
  "                            finds such labels: remanence tag, and the "
  "plugin\n"
  "                            urn:remanence:listener\n"
  "      --validation FOLDER   sounds to test with, instead of a fifth\n"
  "      --both                read in both directions: better, not live\n"
  "      --curve               learn a number instead: `seconds,value`\n"
  "Here --hidden 24, --batch 8, --window 250 and --warm-up 25, in frames of\n"
  "8 ms, are usual.\n"
  "\n";

static const char help_symbols[] =
  "Text and examples\n"
  "      --midi FOLDER         learn what event of a song comes next: MIDI "
  "files,\n"
  "                            to go on as you play (urn:remanence:notes)\n"
  "      --calls FOLDER        learn to answer, each phrase of the songs by "
  "the\n"
  "                            next one\n"
  "      --phrase S            seconds of a phrase [4]\n"
  "      --transpose           learn songs in all keys\n"
  "      --text FILE...        learn what symbol of a text comes next\n"
  "      --examples FILE       learn from examples, a line each: what goes in, "
  "a\n"
  "                            tab, what should come out\n"
  "      --task TASK           of examples: tag (a label for every symbol),\n"
  "                            classify (one for all), translate (by an "
  "encoder\n"
  "                            and a decoder), complete (one net hears what "
  "goes\n"
  "                            in, then its own answer), caption (numbers go "
  "in)\n"
  "      --tokens KIND         what a text is cut into: bytes, characters or\n"
  "                            words [characters]\n"
  "      --labels KIND         what comes out of examples; names stand "
  "between\n"
  "                            blanks [names to tag and classify, else as\n"
  "                            --tokens]\n"
  "      --vocabulary N        keep the N commonest symbols; all others are "
  "one\n"
  "      --validation FILE     what to test with, instead of --valid-fraction: "
  "the\n"
  "                            last part of every text, or every tenth "
  "example\n"
  "      --both                read examples in both directions; of "
  "translate,\n"
  "                            the encoder does\n"
  "      --encoder N           hidden size of the encoder [as --hidden]\n"
  "      --attention N         let the decoder look at all that was read, by "
  "N\n"
  "                            units [none: it begins from the encoder's end]\n"
  "      --own-outputs SHARE   of what a decoder hears while it learns is its "
  "own\n"
  "                            output, not the right answer [0]\n"
  "      --beside              show a caption's numbers beside every symbol "
  "[the\n"
  "                            net begins from a state that they decide]\n"
  "\n";

static const char help_limits[] =
  "When to stop: whichever comes first [--time 120s; with --control, after\n"
  "10000 updates if that is sooner]\n"
  "      --time T              90, 120s, 2m, 1.5h\n"
  "      --epochs N            passes through the recordings, or 4 million\n"
  "                            samples of them if they are longer\n"
  "      --patience N          epochs without a better model\n"
  "\n";

static const char help_training[] =
  "Training\n"
  "      --loss esr|mse        error to signal ratio, or mean square [esr]\n"
  "      --pre-emphasis P      0.85 for 1 - 0.85/z, or up to 16 coefficients\n"
  "                            of a filter, 1,-0.85; 0 for none [0.85]\n"
  "      --dc W                weight of the DC error; the loss has 1 - W\n"
  "                            [0.25]\n"
  "      --stft W              weight of a spectral error on top [0]\n"
  "      --batch N             parallel streams [%u]\n"
  "      --window N            samples that gradients go back [%u; 2048 with\n"
  "                            --stft]\n"
  "      --warm-up N           samples a stream plays before it learns [%u]\n"
  "      --memory N            samples that the slowest cells remember when\n"
  "                            training begins [%g]\n"
  "      --learning-rate R     highest; it falls along a cosine to the limit\n"
  "                            of time or epochs [%g]\n"
  "      --decay D             of weights, apart from the gradient [%g]\n"
  "      --clip NORM           longest gradient [%g]\n"
  "      --average A           of weights over about 1/(1-A) updates [%g]\n"
  "      --init W              default, or orthogonal: U neither lets fade "
  "nor\n"
  "                            grow what goes round\n"
  "      --forget-bias B       of all of an LSTM's forget gates [by --memory]\n"
  "      --seed N              of everything random [%u]\n"
  "      --threads N           [all cores]; does not change the result\n"
  "\n"
  "Running\n"
  "      --resume              go on where MODEL.resume says, with the same\n"
  "                            options; only limits and threads may differ\n"
  "      --osc ADDRESS         have a running plugin load each better model:\n"
  "                            osc.udp://HOST:PORT/, HOST:PORT, - is here\n"
  "      --instance NAME       which of its instances [the first that can]\n"
  "      --report DIR          write DIR/report.html and report.png\n"
  "      --gradients DIR       draw how far back the loss is heard, as "
  "training\n"
  "                            goes on: DIR/gradients.svg and .csv\n"
  "  -q, --quiet               say only what is wrong\n"
  "  -h, --help                show this\n"
  "\n";

static const char help_control[] =
  "With --control these are, if nothing else is said: --hidden %u --layers %u\n"
  "--batch %u --window %u --learning-rate %g --memory %g, and events take the\n"
  "place of samples; with --text --hidden %u --batch %u --window %u\n"
  "--learning-rate %g, with --examples --hidden %u --batch %u --learning-rate "
  "%g,\n"
  "and symbols do.\n"
  "\n";

static const char help_examples[] =
  "A pedal, in two minutes, with a page to see and hear how good it is:\n"
  "  remanence train -i dry.wav -t wet.wav --report pedal -o "
  "pedal.safetensors\n"
  "A better net overnight, that may be stopped and continued:\n"
  "  remanence train -i dry.wav -t wet.wav --hidden 64 --time 8h -o a.json\n"
  "  remanence train -i dry.wav -t wet.wav --hidden 64 --time 8h --resume "
  "-o a.json\n"
  "An amplifier with its gain knob:\n"
  "  remanence train -i dry.wav -t low.wav --knob Gain=0.2 \\\n"
  "                  -i dry.wav -t mid.wav --knob Gain=0.5 \\\n"
  "                  -i dry.wav -t full.wav --knob Gain=1 -o amp.safetensors\n"
  "What goes on with a book, and what answers:\n"
  "  remanence train --text book.txt --time 5m -o book.safetensors\n"
  "  remanence train --examples numbers.tsv --task translate --attention 64 "
  "\\\n"
  "                  --both -o numbers.safetensors\n"
  "What plays on when the player stops, and learns while it is played:\n"
  "  remanence train --control ~/.local/share/remanence/logs \\\n"
  "                  --watch --osc - \\\n"
  "                  -o ~/.local/share/remanence/models/duet.safetensors\n";

void
train_help(void)
{
  const RemTrainSpec spec     = rem_train_default();
  const RemTrainSpec control  = rem_control_train_default();
  const RemTrainSpec text     = rem_token_train_default();
  const RemTrainSpec examples = rem_learn_default(REM_TASK_TAG).spec;
  fputs(help_files, stdout);
  printf(help_frames, control.shift);
  fputs(help_listen, stdout);
  fputs(help_symbols, stdout);
  fputs(help_limits, stdout);
  printf(help_training,
         spec.n_streams,
         spec.n_steps,
         spec.n_warm_up,
         spec.memory,
         spec.rate,
         spec.decay,
         spec.clip,
         spec.keep,
         (unsigned)spec.seed);
  printf(help_control,
         control.net.n_hidden,
         control.net.n_layers,
         control.n_streams,
         control.n_steps,
         control.rate,
         control.memory,
         text.net.n_hidden,
         text.n_streams,
         text.n_steps,
         text.rate,
         examples.net.n_hidden,
         examples.n_streams,
         examples.rate);
  fputs(help_examples, stdout);
}
