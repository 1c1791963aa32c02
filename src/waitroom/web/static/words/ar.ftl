# The texts of the waiting-room page in Arabic; what each is for stands in en.ftl, in the same order.
# In the second person, with verbal nouns rather than imperatives where that reads well.

## The frame of the page

room-name = غرفة الانتظار
language = اللغة
close = إغلاق

## Before the opening

early-headline = لم يُفتح الطابور بعد
early-when = يُفتح يوم { DATETIME($at, weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit", timeZoneName: "short") }.
early-explanation = يُرجى إبقاء هذه الصفحة مفتوحة: ستحصل على مكان تلقائيًا فور فتح الطابور. إعادة تحميلها لن تُدخلك قبل ذلك.
early-now-headline = الطابور يُفتح الآن
early-now-explanation = ستحصل على مكانك خلال لحظات، تلقائيًا.
early-last-minute = يُفتح الطابور خلال أقل من دقيقة.
countdown-days =
    { $count ->
        [zero] يوم
        [one] يوم
        [two] يومان
        [few] أيام
        [many] يومًا
       *[other] يوم
    }
countdown-hours =
    { $count ->
        [zero] ساعة
        [one] ساعة
        [two] ساعتان
        [few] ساعات
        [many] ساعة
       *[other] ساعة
    }
countdown-minutes =
    { $count ->
        [zero] دقيقة
        [one] دقيقة
        [two] دقيقتان
        [few] دقائق
        [many] دقيقة
       *[other] دقيقة
    }
countdown-seconds =
    { $count ->
        [zero] ثانية
        [one] ثانية
        [two] ثانيتان
        [few] ثوانٍ
        [many] ثانية
       *[other] ثانية
    }
countdown-figure = { NUMBER($count, minimumIntegerDigits: 2) }
clock-minutes = { $minutes }:{ NUMBER($seconds, minimumIntegerDigits: 2) }
clock-hours = { $hours }:{ NUMBER($minutes, minimumIntegerDigits: 2) }:{ NUMBER($seconds, minimumIntegerDigits: 2) }

## Joining

joining-headline = نحجز لك مكانًا في الطابور
joining-explanation = لن يستغرق ذلك سوى لحظة.

## Waiting

mark-waiting = أنت في الطابور
mark-near = اقترب دورك
mark-paused = متوقف مؤقتًا
ahead-figure = { $ahead }
ahead-label =
    { $ahead ->
        [zero] شخص أمامك
        [one] شخص أمامك
        [two] شخصان أمامك
        [few] أشخاص أمامك
        [many] شخصًا أمامك
       *[other] شخص أمامك
    }
next-figure = دورك هو التالي
next-label = لا أحد أمامك في الطابور.
progress-label = تقدّمك في الطابور
progress-start = لحظة انضمامك
progress-end = دورك
number-label = رقمك
number-figure = { $number }
serving-label = الرقم الحالي
serving-figure = { $serving }
wait-label = الانتظار المتوقع

## The expected wait, under its name. Minutes are whole; hours may be 1.5, 2, 2.5 ...

wait-short = أقل من دقيقة
wait-minutes =
    { $minutes ->
        [zero] نحو { $minutes } دقيقة
        [one] نحو دقيقة واحدة
        [two] نحو دقيقتين
        [few] نحو { $minutes } دقائق
        [many] نحو { $minutes } دقيقة
       *[other] نحو { $minutes } دقيقة
    }
wait-hours =
    { $hours ->
        [zero] نحو { $hours } ساعة
        [one] نحو ساعة واحدة
        [two] نحو ساعتين
        [few] نحو { $hours } ساعات
        [many] نحو { $hours } ساعة
       *[other] نحو { $hours } ساعة
    }
wait-up-to-minutes =
    { $minutes ->
        [zero] حتى { $minutes } دقيقة
        [one] حتى دقيقة واحدة
        [two] حتى دقيقتين
        [few] حتى { $minutes } دقائق
        [many] حتى { $minutes } دقيقة
       *[other] حتى { $minutes } دقيقة
    }
wait-up-to-hours =
    { $hours ->
        [zero] حتى { $hours } ساعة
        [one] حتى ساعة واحدة
        [two] حتى ساعتين
        [few] حتى { $hours } ساعات
        [many] حتى { $hours } ساعة
       *[other] حتى { $hours } ساعة
    }
wait-range-minutes =
    { $high ->
        [zero] من { $low } إلى { $high } دقيقة
        [one] من { $low } إلى { $high } دقيقة
        [two] من دقيقة إلى دقيقتين
        [few] من { $low } إلى { $high } دقائق
        [many] من { $low } إلى { $high } دقيقة
       *[other] من { $low } إلى { $high } دقيقة
    }
wait-range-hours =
    { $high ->
        [zero] من { $low } إلى { $high } ساعة
        [one] من { $low } إلى { $high } ساعة
        [two] من { $low } إلى { $high } ساعة
        [few] من { $low } إلى { $high } ساعات
        [many] من { $low } إلى { $high } ساعة
       *[other] من { $low } إلى { $high } ساعة
    }
wait-range-minutes-hours =
    { $high ->
        [zero]
            من { $low ->
                [zero] { $low } دقيقة
                [one] دقيقة واحدة
                [two] دقيقتين
                [few] { $low } دقائق
                [many] { $low } دقيقة
               *[other] { $low } دقيقة
            } إلى { $high } ساعة
        [one]
            من { $low ->
                [zero] { $low } دقيقة
                [one] دقيقة واحدة
                [two] دقيقتين
                [few] { $low } دقائق
                [many] { $low } دقيقة
               *[other] { $low } دقيقة
            } إلى ساعة واحدة
        [two]
            من { $low ->
                [zero] { $low } دقيقة
                [one] دقيقة واحدة
                [two] دقيقتين
                [few] { $low } دقائق
                [many] { $low } دقيقة
               *[other] { $low } دقيقة
            } إلى ساعتين
        [few]
            من { $low ->
                [zero] { $low } دقيقة
                [one] دقيقة واحدة
                [two] دقيقتين
                [few] { $low } دقائق
                [many] { $low } دقيقة
               *[other] { $low } دقيقة
            } إلى { $high } ساعات
        [many]
            من { $low ->
                [zero] { $low } دقيقة
                [one] دقيقة واحدة
                [two] دقيقتين
                [few] { $low } دقائق
                [many] { $low } دقيقة
               *[other] { $low } دقيقة
            } إلى { $high } ساعة
       *[other]
            من { $low ->
                [zero] { $low } دقيقة
                [one] دقيقة واحدة
                [two] دقيقتين
                [few] { $low } دقائق
                [many] { $low } دقيقة
               *[other] { $low } دقيقة
            } إلى { $high } ساعة
    }
wait-minutes-or-more =
    { $minutes ->
        [zero] نحو { $minutes } دقيقة أو أكثر
        [one] نحو دقيقة واحدة أو أكثر
        [two] نحو دقيقتين أو أكثر
        [few] نحو { $minutes } دقائق أو أكثر
        [many] نحو { $minutes } دقيقة أو أكثر
       *[other] نحو { $minutes } دقيقة أو أكثر
    }
wait-hours-or-more =
    { $hours ->
        [zero] نحو { $hours } ساعة أو أكثر
        [one] نحو ساعة واحدة أو أكثر
        [two] نحو ساعتين أو أكثر
        [few] نحو { $hours } ساعات أو أكثر
        [many] نحو { $hours } ساعة أو أكثر
       *[other] نحو { $hours } ساعة أو أكثر
    }
wait-long = أكثر من { $hours } ساعة
wait-unclear = غير واضح بعد
wait-unknown = غير معروف بعد
wait-on-hold = متوقف مؤقتًا
wait-for-room = إلى أن يتوفر مكان
wait-unread = …
sure-minutes =
    { $minutes ->
        [zero] تسعة من كل عشرة أشخاص لا ينتظرون أكثر من { $minutes } دقيقة.
        [one] تسعة من كل عشرة أشخاص لا ينتظرون أكثر من دقيقة واحدة.
        [two] تسعة من كل عشرة أشخاص لا ينتظرون أكثر من دقيقتين.
        [few] تسعة من كل عشرة أشخاص لا ينتظرون أكثر من { $minutes } دقائق.
        [many] تسعة من كل عشرة أشخاص لا ينتظرون أكثر من { $minutes } دقيقة.
       *[other] تسعة من كل عشرة أشخاص لا ينتظرون أكثر من { $minutes } دقيقة.
    }
sure-hours =
    { $hours ->
        [zero] تسعة من كل عشرة أشخاص لا ينتظرون أكثر من { $hours } ساعة.
        [one] تسعة من كل عشرة أشخاص لا ينتظرون أكثر من ساعة واحدة.
        [two] تسعة من كل عشرة أشخاص لا ينتظرون أكثر من ساعتين.
        [few] تسعة من كل عشرة أشخاص لا ينتظرون أكثر من { $hours } ساعات.
        [many] تسعة من كل عشرة أشخاص لا ينتظرون أكثر من { $hours } ساعة.
       *[other] تسعة من كل عشرة أشخاص لا ينتظرون أكثر من { $hours } ساعة.
    }
sure-rough = هذا تقدير تقريبي: الطابور لا يتقدّم بوتيرة واحدة.
sure-unknown = يظهر التقدير بعد أن يتقدّم الطابور لبعض الوقت.
sure-paused = يستمر الانتظار حين يعود الطابور إلى التقدّم.

## Notes: what the state of the line means for whoever is in it, and why the wait is another

paused-note = الطابور متوقف للحظات. مكانك محفوظ.
closed-note = لم يعد الطابور يقبل أحدًا جديدًا. مكانك محفوظ.
changed-held = الموقع مزدحم، لذلك يتقدّم الطابور ببطء في الوقت الحالي. مكانك محفوظ.
changed-slower = يتقدّم الطابور أبطأ من قبل، لذلك صار الانتظار أطول.
changed-faster = يتقدّم الطابور أسرع من قبل، لذلك صار الانتظار أقصر.
notice-carried = انتقل مكانك إلى هنا من جهازك الآخر.
notice-carry-behind = المكان الذي في ذلك الرابط أبعد من مكانك هنا، لذلك تحتفظ بمكانك.
notice-carry-refused = المكان الذي في ذلك الرابط لم يعد صالحًا.

## What happens next, under the figures while waiting

next-goes-on = عندما يحين دورك، تنقلك هذه الصفحة إلى الداخل تلقائيًا.
next-says-so = عندما يحين دورك، تخبرك هذه الصفحة بذلك.
next-kept-minutes =
    { $minutes ->
        [zero] إن لم تكن موجودًا حينها، يُحفظ مكانك لمدة { $minutes } دقيقة.
        [one] إن لم تكن موجودًا حينها، يُحفظ مكانك لمدة دقيقة واحدة.
        [two] إن لم تكن موجودًا حينها، يُحفظ مكانك لمدة دقيقتين.
        [few] إن لم تكن موجودًا حينها، يُحفظ مكانك لمدة { $minutes } دقائق.
        [many] إن لم تكن موجودًا حينها، يُحفظ مكانك لمدة { $minutes } دقيقة.
       *[other] إن لم تكن موجودًا حينها، يُحفظ مكانك لمدة { $minutes } دقيقة.
    }
next-kept-hours =
    { $hours ->
        [zero] إن لم تكن موجودًا حينها، يُحفظ مكانك لمدة { $hours } ساعة.
        [one] إن لم تكن موجودًا حينها، يُحفظ مكانك لمدة ساعة واحدة.
        [two] إن لم تكن موجودًا حينها، يُحفظ مكانك لمدة ساعتين.
        [few] إن لم تكن موجودًا حينها، يُحفظ مكانك لمدة { $hours } ساعات.
        [many] إن لم تكن موجودًا حينها، يُحفظ مكانك لمدة { $hours } ساعة.
       *[other] إن لم تكن موجودًا حينها، يُحفظ مكانك لمدة { $hours } ساعة.
    }
next-kept = إن لم تكن موجودًا حينها، يبقى مكانك محفوظًا لك.
hint-kept = مكانك محفوظ في هذا المتصفح: يمكنك إعادة تحميل هذه الصفحة، أو إغلاقها والعودة لاحقًا.
hint-fragile = هذا المتصفح لا يحفظ شيئًا: إغلاق هذه الصفحة أو إعادة تحميلها يُفقدك مكانك. يُرجى إبقاؤها مفتوحة، أو نقل مكانك إلى جهاز آخر.

## Your turn

turn-headline = حان دورك
turn-explanation = نفتح لك الباب…
door-headline = أنت عند الباب
door-paused = لا يدخل أحد في الوقت الحالي. ستدخل فور عودة الطابور إلى التقدّم.
door-full = حان دورك، لكن الموقع ممتلئ للحظات. ستدخل فور توفر مكان.
take-by-label = يبقى مكانك محفوظًا لمدة
admitted-going = جارٍ نقلك إلى هناك…
admitted-held = للدخول، يُرجى اختيار «متابعة».
admitted-elsewhere = سُمح لك بالدخول، ويجري ذلك في علامة تبويب أخرى. للدخول من هذه العلامة، يُرجى اختيار «متابعة».
admitted-here = سُمح لك بالدخول.
admission-label = يبقى دخولك صالحًا لمدة
continue = متابعة

## The place is gone

reset-headline = بدأ الطابور من جديد
reset-explanation = أعاد المنظِّم بدء هذا الطابور؛ الأماكن السابقة لم تعد صالحة. يمكنك الانضمام إلى الطابور الجديد.
expired-headline = انتهت صلاحية مكانك
expired-explanation = نودي على رقمك، لكن المكان لم يُستخدم في الوقت المحدد. يمكنك الانضمام من جديد إلى آخر الطابور.
expired-minutes =
    { $minutes ->
        [zero] نودي على رقمك { $number } وحُفظ مكانك { $minutes } دقيقة، لكنه لم يُستخدم خلالها. يمكنك الانضمام من جديد إلى آخر الطابور.
        [one] نودي على رقمك { $number } وحُفظ مكانك دقيقة واحدة، لكنه لم يُستخدم خلالها. يمكنك الانضمام من جديد إلى آخر الطابور.
        [two] نودي على رقمك { $number } وحُفظ مكانك دقيقتين، لكنه لم يُستخدم خلالهما. يمكنك الانضمام من جديد إلى آخر الطابور.
        [few] نودي على رقمك { $number } وحُفظ مكانك { $minutes } دقائق، لكنه لم يُستخدم خلالها. يمكنك الانضمام من جديد إلى آخر الطابور.
        [many] نودي على رقمك { $number } وحُفظ مكانك { $minutes } دقيقة، لكنه لم يُستخدم خلالها. يمكنك الانضمام من جديد إلى آخر الطابور.
       *[other] نودي على رقمك { $number } وحُفظ مكانك { $minutes } دقيقة، لكنه لم يُستخدم خلالها. يمكنك الانضمام من جديد إلى آخر الطابور.
    }
expired-hours =
    { $hours ->
        [zero] نودي على رقمك { $number } وحُفظ مكانك { $hours } ساعة، لكنه لم يُستخدم خلالها. يمكنك الانضمام من جديد إلى آخر الطابور.
        [one] نودي على رقمك { $number } وحُفظ مكانك ساعة واحدة، لكنه لم يُستخدم خلالها. يمكنك الانضمام من جديد إلى آخر الطابور.
        [two] نودي على رقمك { $number } وحُفظ مكانك ساعتين، لكنه لم يُستخدم خلالهما. يمكنك الانضمام من جديد إلى آخر الطابور.
        [few] نودي على رقمك { $number } وحُفظ مكانك { $hours } ساعات، لكنه لم يُستخدم خلالها. يمكنك الانضمام من جديد إلى آخر الطابور.
        [many] نودي على رقمك { $number } وحُفظ مكانك { $hours } ساعة، لكنه لم يُستخدم خلالها. يمكنك الانضمام من جديد إلى آخر الطابور.
       *[other] نودي على رقمك { $number } وحُفظ مكانك { $hours } ساعة، لكنه لم يُستخدم خلالها. يمكنك الانضمام من جديد إلى آخر الطابور.
    }
left-headline = غادرت الطابور
left-explanation = تخلّيت عن مكانك. إن أردت الدخول مع ذلك، يمكنك الانضمام من جديد إلى آخر الطابور.
ended-headline = انتهت زيارتك
ended-explanation = سبق الدخول بهذا المكان، وانتهت تلك الزيارة. للعودة، يمكنك الانضمام إلى الطابور من جديد.
over-headline = انتهت مدة دخولك
over-explanation = سُمح لك بالدخول، وانتهى الوقت المخصص لك. للعودة، يمكنك الانضمام إلى الطابور من جديد.
again = الانضمام إلى الطابور من جديد

## There is no line to be in

closed-headline = هذا الطابور مغلق
closed-explanation = لا يُقبل أحد في الوقت الحالي. يُرجى إبقاء هذه الصفحة مفتوحة: ستحصل على مكان فور فتح الطابور.
soldout-headline = نفدت الكمية
soldout-explanation = نفد كل شيء، لذلك لم يعد الطابور يقبل أحدًا.
soldout-kept = نفد كل شيء، لذلك لن يدخل أحد بعد الآن. نعتذر عن ذلك. يبقى رقمك { $number } محفوظًا لك إن تغيّر الأمر.
unknown-headline = لا يوجد طابور هنا
unknown-explanation = قد يكون العنوان مكتوبًا بشكل خاطئ، أو انتهت الفعالية. يُرجى التحقق من الرابط الذي أوصلك إلى هنا.
astray-headline = لا يمكننا نقلك من هنا
astray-explanation = هذه الصفحة لا تؤدي إلى المكان الذي أتيت منه، أو بقيت مفتوحة وقتًا طويلًا. يُرجى العودة إليه والمحاولة من جديد.

## How things stand between page and server

fresh-connecting = جارٍ الاتصال…
fresh-now = جرى التحديث الآن
fresh-seconds =
    { $seconds ->
        [zero] جرى التحديث قبل { $seconds } ثانية
        [one] جرى التحديث قبل ثانية واحدة
        [two] جرى التحديث قبل ثانيتين
        [few] جرى التحديث قبل { $seconds } ثوانٍ
        [many] جرى التحديث قبل { $seconds } ثانية
       *[other] جرى التحديث قبل { $seconds } ثانية
    }
fresh-minutes =
    { $minutes ->
        [zero] جرى التحديث قبل { $minutes } دقيقة
        [one] جرى التحديث قبل دقيقة واحدة
        [two] جرى التحديث قبل دقيقتين
        [few] جرى التحديث قبل { $minutes } دقائق
        [many] جرى التحديث قبل { $minutes } دقيقة
       *[other] جرى التحديث قبل { $minutes } دقيقة
    }
fresh-rarely = تتحقق هذه الصفحة من جديد كل نصف دقيقة.
trouble-offline = انقطع الاتصال. جارٍ إعادة المحاولة…
trouble-busy = الازدحام شديد الآن. جارٍ إعادة المحاولة…
trouble-offline-kept = انقطع الاتصال. مكانك محفوظ. جارٍ إعادة المحاولة…
trouble-busy-kept = الازدحام شديد الآن. مكانك محفوظ. جارٍ إعادة المحاولة…

## From the organiser

message-label = من المنظِّم

## Tell me when it's my turn

call-button = أخبرني عندما يحين دوري
call-explanation = يمكنك إبقاء هذه الصفحة مفتوحة والانشغال بشيء آخر. عندما يحين دورك، تناديك الصفحة وتنتقل بك تلقائيًا.
call-sound = تشغيل صوت
call-vibration = اهتزاز
call-notification = عرض إشعار
call-screen = إبقاء الشاشة مضاءة
call-try = الاستماع إليه الآن
call-notification-refused = متصفحك لا يسمح لهذه الصفحة بعرض الإشعارات. يمكنك تغيير ذلك في إعداداته.
call-screen-refused = جهازك لا يسمح لهذه الصفحة بإبقاء الشاشة مضاءة.
call-notice = حان دورك
call-notice-text = { $title }: يمكنك الدخول الآن.

## Take my place to another device

device-button = نقل مكاني إلى جهاز آخر
device-explanation = يمكنك مسح الرمز بالجهاز الآخر، أو فتح الرابط عليه. ويبقى مكانك صالحًا هنا أيضًا.
device-warning = من لديه هذا الرابط لديه مكانك. لا تُعطه لأحد.
device-code = رمز QR يحمل رابط مكانك
device-link = رابط مكانك
device-copy = نسخ الرابط
device-copied = تم النسخ
device-not-copied = الرابط محدَّد: يمكنك نسخه من هنا.
device-share = مشاركة…
device-share-title = مكاني في الطابور: { $title }

## Leave the line

leave-button = مغادرة الطابور
leave-headline = هل تريد مغادرة الطابور؟
leave-explanation = ستفقد رقمك { $number } نهائيًا. وللعودة، عليك الانضمام من جديد إلى آخر الطابور.
leave-confirm = التخلي عن مكاني
leave-stay = البقاء في الطابور
leave-failed = لم ينجح ذلك؛ ما زلت في الطابور. يُرجى المحاولة من جديد.

## Told to screen readers, when it changes

spoken-number = رقمك في الطابور { $number }.
spoken-crowd =
    { $people ->
        [zero] أمامك أقل من { $people } شخص.
        [one] أمامك أقل من شخص واحد.
        [two] أمامك أقل من شخصين.
        [few] أمامك أقل من { $people } أشخاص.
        [many] أمامك أقل من { $people } شخصًا.
       *[other] أمامك أقل من { $people } شخص.
    }
spoken-next = دورك هو التالي.

## The page without JavaScript: what it says besides the above

plain-opens = يُفتح يوم { DATETIME($at, dateStyle: "full", timeStyle: "short") } UTC.
plain-opens-days =
    { $days ->
        [zero] أي بعد نحو { $days } يوم.
        [one] أي بعد نحو يوم واحد.
        [two] أي بعد نحو يومين.
        [few] أي بعد نحو { $days } أيام.
        [many] أي بعد نحو { $days } يومًا.
       *[other] أي بعد نحو { $days } يوم.
    }
plain-opens-hours =
    { $hours ->
        [zero] أي بعد نحو { $hours } ساعة.
        [one] أي بعد نحو ساعة واحدة.
        [two] أي بعد نحو ساعتين.
        [few] أي بعد نحو { $hours } ساعات.
        [many] أي بعد نحو { $hours } ساعة.
       *[other] أي بعد نحو { $hours } ساعة.
    }
plain-opens-minutes =
    { $minutes ->
        [zero] أي بعد نحو { $minutes } دقيقة.
        [one] أي بعد نحو دقيقة واحدة.
        [two] أي بعد نحو دقيقتين.
        [few] أي بعد نحو { $minutes } دقائق.
        [many] أي بعد نحو { $minutes } دقيقة.
       *[other] أي بعد نحو { $minutes } دقيقة.
    }
plain-opens-now = أي بعد أقل من دقيقة.
plain-looks =
    { $seconds ->
        [zero] تُحدَّث هذه الصفحة تلقائيًا بعد { $seconds } ثانية.
        [one] تُحدَّث هذه الصفحة تلقائيًا بعد ثانية واحدة.
        [two] تُحدَّث هذه الصفحة تلقائيًا بعد ثانيتين.
        [few] تُحدَّث هذه الصفحة تلقائيًا بعد { $seconds } ثوانٍ.
        [many] تُحدَّث هذه الصفحة تلقائيًا بعد { $seconds } ثانية.
       *[other] تُحدَّث هذه الصفحة تلقائيًا بعد { $seconds } ثانية.
    }
plain-rests = لم تعد هذه الصفحة تُحدَّث تلقائيًا.
plain-look = التحديث الآن
plain-rest = إيقاف التحديث التلقائي
plain-go-on = استئناف التحديث التلقائي
plain-cookies-headline = هذا المتصفح لا يحفظ ملفات الارتباط
plain-cookies-explanation = من دون JavaScript لا يمكن حفظ مكانك في الطابور إلا في ملف ارتباط (كوكي)، ولم يُعِد إلينا هذا المتصفح ملفنا. يُرجى السماح بملفات الارتباط لهذا الموقع، أو تفعيل JavaScript، ثم المحاولة من جديد.
plain-try-again = المحاولة من جديد

## Pages that say why there is no waiting room

sorry-later-headline = لحظة من فضلك
sorry-later-explanation =
    { $seconds ->
        [zero] لا تستطيع غرفة الانتظار الرد الآن. تعيد هذه الصفحة المحاولة تلقائيًا بعد { $seconds } ثانية؛ إعادة تحميلها قبل ذلك لن تُدخلك أسرع.
        [one] لا تستطيع غرفة الانتظار الرد الآن. تعيد هذه الصفحة المحاولة تلقائيًا بعد ثانية واحدة؛ إعادة تحميلها قبل ذلك لن تُدخلك أسرع.
        [two] لا تستطيع غرفة الانتظار الرد الآن. تعيد هذه الصفحة المحاولة تلقائيًا بعد ثانيتين؛ إعادة تحميلها قبل ذلك لن تُدخلك أسرع.
        [few] لا تستطيع غرفة الانتظار الرد الآن. تعيد هذه الصفحة المحاولة تلقائيًا بعد { $seconds } ثوانٍ؛ إعادة تحميلها قبل ذلك لن تُدخلك أسرع.
        [many] لا تستطيع غرفة الانتظار الرد الآن. تعيد هذه الصفحة المحاولة تلقائيًا بعد { $seconds } ثانية؛ إعادة تحميلها قبل ذلك لن تُدخلك أسرع.
       *[other] لا تستطيع غرفة الانتظار الرد الآن. تعيد هذه الصفحة المحاولة تلقائيًا بعد { $seconds } ثانية؛ إعادة تحميلها قبل ذلك لن تُدخلك أسرع.
    }
sorry-return-explanation = الرابط الذي أوصلك يشير إلى عنوان لا تؤدي إليه غرفة الانتظار هذه. يُرجى العودة إلى الموقع الذي أتيت منه والمحاولة هناك من جديد.
sorry-unknown-headline = لا توجد غرفة انتظار بهذا العنوان
sorry-unknown-explanation = يُرجى التحقق من الرابط، أو العودة إلى الموقع الذي أتيت منه والمحاولة هناك من جديد.
sorry-other-headline = لا يمكنك الانضمام من هنا
sorry-other-explanation = يُرجى العودة إلى الموقع الذي أتيت منه والمحاولة هناك من جديد.
sorry-sign-in-explanation = طلب الموقع الذي أتيت منه شيئًا لا تستطيع غرفة الانتظار هذه الرد عليه. يُرجى العودة إليه والمحاولة من جديد.
sorry-sign-in-why = للقائمين على ذلك الموقع:
sorry-signed-out-explanation = أُعيد مكانك. يمكنك إغلاق هذه الصفحة.
