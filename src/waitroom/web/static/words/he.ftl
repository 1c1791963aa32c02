# The texts of the waiting-room page in Hebrew; what each is for stands in en.ftl, in the same order.
# Visitors are addressed in the plural, without their gender; buttons are infinitives or nouns.

## The frame of the page

room-name = חדר המתנה
language = שפה
close = סגירה

## Before the opening

early-headline = התור עדיין לא נפתח
early-when = הפתיחה: { DATETIME($at, weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit", timeZoneName: "short") }.
early-explanation = כדאי להשאיר את הדף פתוח: ברגע שהתור ייפתח תקבלו בו מקום באופן אוטומטי. טעינה מחדש לא תכניס אתכם מוקדם יותר.
early-now-headline = התור נפתח
early-now-explanation = בעוד רגע תקבלו מקום, באופן אוטומטי.
early-last-minute = התור ייפתח בעוד פחות מדקה.
countdown-days =
    { $count ->
        [one] יום
        [two] ימים
       *[other] ימים
    }
countdown-hours =
    { $count ->
        [one] שעה
        [two] שעות
       *[other] שעות
    }
countdown-minutes =
    { $count ->
        [one] דקה
        [two] דקות
       *[other] דקות
    }
countdown-seconds =
    { $count ->
        [one] שנייה
        [two] שניות
       *[other] שניות
    }
countdown-figure = { NUMBER($count, minimumIntegerDigits: 2) }
clock-minutes = { $minutes }:{ NUMBER($seconds, minimumIntegerDigits: 2) }
clock-hours = { $hours }:{ NUMBER($minutes, minimumIntegerDigits: 2) }:{ NUMBER($seconds, minimumIntegerDigits: 2) }

## Joining

joining-headline = תופסים לכם מקום בתור
joining-explanation = זה ייקח רק רגע.

## Waiting

mark-waiting = אתם בתור
mark-near = עוד מעט תורכם
mark-paused = מושהה
ahead-figure = { $ahead }
ahead-label =
    { $ahead ->
        [one] אדם לפניכם
        [two] אנשים לפניכם
       *[other] אנשים לפניכם
    }
next-figure = אתם הבאים בתור
next-label = אין איש לפניכם בתור.
progress-label = ההתקדמות שלכם בתור
progress-start = הצטרפתם
progress-end = תורכם
number-label = המספר שלכם
number-figure = { $number }
serving-label = המספר הנוכחי
serving-figure = { $serving }
wait-label = זמן המתנה משוער

## The expected wait, under its name. Minutes are whole; hours may be 1.5, 2, 2.5 ...

wait-short = פחות מדקה
wait-minutes =
    { $minutes ->
        [one] כדקה אחת
        [two] כשתי דקות
       *[other] כ־{ $minutes } דקות
    }
wait-hours =
    { $hours ->
        [one] כשעה אחת
        [two] כשעתיים
       *[other] כ־{ $hours } שעות
    }
wait-up-to-minutes =
    { $minutes ->
        [one] עד דקה אחת
        [two] עד שתי דקות
       *[other] עד { $minutes } דקות
    }
wait-up-to-hours =
    { $hours ->
        [one] עד שעה אחת
        [two] עד שעתיים
       *[other] עד { $hours } שעות
    }
wait-range-minutes =
    { $high ->
        [one] בין { $low } ל־{ $high } דקות
        [two] בין דקה לשתי דקות
       *[other] בין { $low } ל־{ $high } דקות
    }
wait-range-hours =
    { $high ->
        [one] בין { $low } ל־{ $high } שעות
        [two] בין { $low } ל־{ $high } שעות
       *[other] בין { $low } ל־{ $high } שעות
    }
wait-range-minutes-hours =
    { $high ->
        [one] בין { $low } דקות לשעה
        [two] בין { $low } דקות לשעתיים
       *[other] בין { $low } דקות ל־{ $high } שעות
    }
wait-minutes-or-more =
    { $minutes ->
        [one] כדקה או יותר
        [two] כשתי דקות או יותר
       *[other] כ־{ $minutes } דקות או יותר
    }
wait-hours-or-more =
    { $hours ->
        [one] כשעה או יותר
        [two] כשעתיים או יותר
       *[other] כ־{ $hours } שעות או יותר
    }
wait-long = יותר מ־{ $hours } שעות
wait-unclear = עדיין לא ברור
wait-unknown = עדיין לא ידוע
wait-on-hold = מושהה
wait-for-room = עד שיתפנה מקום
wait-unread = …
sure-minutes =
    { $minutes ->
        [one] תשעה מתוך עשרה אנשים ממתינים לא יותר מדקה אחת.
        [two] תשעה מתוך עשרה אנשים ממתינים לא יותר משתי דקות.
       *[other] תשעה מתוך עשרה אנשים ממתינים לא יותר מ־{ $minutes } דקות.
    }
sure-hours =
    { $hours ->
        [one] תשעה מתוך עשרה אנשים ממתינים לא יותר משעה אחת.
        [two] תשעה מתוך עשרה אנשים ממתינים לא יותר משעתיים.
       *[other] תשעה מתוך עשרה אנשים ממתינים לא יותר מ־{ $hours } שעות.
    }
sure-rough = זו הערכה גסה: התור לא מתקדם בקצב אחיד.
sure-unknown = הערכה תופיע אחרי שהתור יתקדם זמן מה.
sure-paused = ההמתנה תימשך כשהתור יתקדם שוב.

## Notes: what the state of the line means for whoever is in it, and why the wait is another

paused-note = התור נעצר לרגע. המקום שלכם נשמר.
closed-note = התור כבר לא מקבל אנשים חדשים. המקום שלכם נשמר.
changed-held = יש עומס באתר, ולכן התור מתקדם כרגע לאט יותר. המקום שלכם נשמר.
changed-slower = התור מתקדם לאט מבעבר, ולכן ההמתנה ארוכה יותר.
changed-faster = התור מתקדם מהר מבעבר, ולכן ההמתנה קצרה יותר.
notice-carried = המקום שלכם עבר לכאן מהמכשיר השני.
notice-carry-behind = המקום שבקישור רחוק יותר מהמקום שיש לכם כאן, ולכן המקום שלכם נשאר.
notice-carry-refused = המקום שבקישור כבר לא תקף.

## What happens next, under the figures while waiting

next-goes-on = כשיגיע תורכם, הדף הזה יעביר אתכם הלאה באופן אוטומטי.
next-says-so = כשיגיע תורכם, הדף הזה יודיע לכם.
next-kept-minutes =
    { $minutes ->
        [one] אם לא תהיו כאן באותו רגע, המקום שלכם יישמר לדקה אחת.
        [two] אם לא תהיו כאן באותו רגע, המקום שלכם יישמר לשתי דקות.
       *[other] אם לא תהיו כאן באותו רגע, המקום שלכם יישמר ל־{ $minutes } דקות.
    }
next-kept-hours =
    { $hours ->
        [one] אם לא תהיו כאן באותו רגע, המקום שלכם יישמר לשעה אחת.
        [two] אם לא תהיו כאן באותו רגע, המקום שלכם יישמר לשעתיים.
       *[other] אם לא תהיו כאן באותו רגע, המקום שלכם יישמר ל־{ $hours } שעות.
    }
next-kept = אם לא תהיו כאן באותו רגע, המקום שלכם יישמר.
hint-kept = המקום שלכם שמור בדפדפן הזה: אפשר לטעון את הדף מחדש, או לסגור אותו ולחזור.
hint-fragile = הדפדפן הזה לא שומר דבר: סגירה או טעינה מחדש של הדף יגרמו לאובדן המקום. השאירו אותו פתוח, או העבירו את המקום למכשיר אחר.

## Your turn

turn-headline = הגיע תורכם
turn-explanation = פותחים לכם את הדלת…
door-headline = אתם בפתח
door-paused = כרגע לא נכנס אף אחד. תיכנסו ברגע שהתור יתקדם שוב.
door-full = הגיע תורכם, אבל האתר מלא לרגע. תיכנסו ברגע שיתפנה מקום.
take-by-label = המקום שלכם יישמר עוד
admitted-going = מעבירים אתכם לשם…
admitted-held = כדי להיכנס, בחרו ״המשך״.
admitted-elsewhere = אפשר להיכנס, וזה קורה בלשונית אחרת. כדי להיכנס בלשונית הזו, בחרו ״המשך״.
admitted-here = אפשר להיכנס.
admission-label = הכניסה שלכם תקפה לעוד
continue = המשך

## The place is gone

reset-headline = התור התחיל מחדש
reset-explanation = המארגנים איפסו את התור; מקומות קודמים כבר לא נחשבים. אפשר להצטרף לתור החדש.
expired-headline = תוקף המקום שלכם פג
expired-explanation = המספר שלכם נקרא, אבל המקום לא נוצל בזמן. אפשר להצטרף שוב, בסוף התור.
expired-minutes =
    { $minutes ->
        [one] המספר שלכם, { $number }, נקרא והמקום נשמר דקה אחת, אבל לא נוצל בזמן הזה. אפשר להצטרף שוב, בסוף התור.
        [two] המספר שלכם, { $number }, נקרא והמקום נשמר שתי דקות, אבל לא נוצל בזמן הזה. אפשר להצטרף שוב, בסוף התור.
       *[other] המספר שלכם, { $number }, נקרא והמקום נשמר { $minutes } דקות, אבל לא נוצל בזמן הזה. אפשר להצטרף שוב, בסוף התור.
    }
expired-hours =
    { $hours ->
        [one] המספר שלכם, { $number }, נקרא והמקום נשמר שעה אחת, אבל לא נוצל בזמן הזה. אפשר להצטרף שוב, בסוף התור.
        [two] המספר שלכם, { $number }, נקרא והמקום נשמר שעתיים, אבל לא נוצל בזמן הזה. אפשר להצטרף שוב, בסוף התור.
       *[other] המספר שלכם, { $number }, נקרא והמקום נשמר { $hours } שעות, אבל לא נוצל בזמן הזה. אפשר להצטרף שוב, בסוף התור.
    }
left-headline = יצאתם מהתור
left-explanation = ויתרתם על המקום. אם בכל זאת תרצו להיכנס, אפשר להצטרף שוב, בסוף התור.
ended-headline = הביקור שלכם הסתיים
ended-explanation = כבר נכנסתם עם המקום הזה, והביקור ההוא הסתיים. כדי לחזור, הצטרפו שוב לתור.
over-headline = תוקף הכניסה שלכם פג
over-explanation = נכנסתם, והזמן שהוקצב לכם הסתיים. כדי לחזור, הצטרפו שוב לתור.
again = הצטרפות מחדש לתור

## There is no line to be in

closed-headline = התור הזה סגור
closed-explanation = כרגע לא מתקבל אף אחד. השאירו את הדף פתוח: תקבלו מקום כשהתור ייפתח.
soldout-headline = אזל המלאי
soldout-explanation = הכול אזל, ולכן התור כבר לא מקבל אנשים.
soldout-kept = הכול אזל, ולכן אף אחד נוסף לא ייכנס. אנחנו מצטערים. המספר שלכם, { $number }, נשמר למקרה שמשהו ישתנה.
unknown-headline = אין כאן תור
unknown-explanation = ייתכן שהכתובת שגויה, או שהאירוע הסתיים. בדקו את הקישור שהביא אתכם לכאן.
astray-headline = אי אפשר להעביר אתכם הלאה מכאן
astray-explanation = הדף הזה לא מוביל למקום שממנו באתם, או שהיה פתוח זמן רב מדי. חזרו לשם ונסו שוב.

## How things stand between page and server

fresh-connecting = מתחברים…
fresh-now = עודכן ממש עכשיו
fresh-seconds =
    { $seconds ->
        [one] עודכן לפני שנייה אחת
        [two] עודכן לפני שתי שניות
       *[other] עודכן לפני { $seconds } שניות
    }
fresh-minutes =
    { $minutes ->
        [one] עודכן לפני דקה אחת
        [two] עודכן לפני שתי דקות
       *[other] עודכן לפני { $minutes } דקות
    }
fresh-rarely = הדף הזה בודק שוב בכל חצי דקה.
trouble-offline = החיבור נותק. מנסים שוב…
trouble-busy = יש עומס רב כרגע. מנסים שוב…
trouble-offline-kept = החיבור נותק. המקום שלכם שמור. מנסים שוב…
trouble-busy-kept = יש עומס רב כרגע. המקום שלכם שמור. מנסים שוב…

## From the organiser

message-label = מאת המארגנים

## Tell me when it's my turn

call-button = להודיע לי כשיגיע תורי
call-explanation = השאירו את הדף פתוח ועשו בינתיים משהו אחר. כשיגיע תורכם, הדף יקרא לכם וימשיך מעצמו.
call-sound = להשמיע צליל
call-vibration = לרטוט
call-notification = להציג התראה
call-screen = להשאיר את המסך דולק
call-try = להשמיע עכשיו
call-notification-refused = הדפדפן שלכם לא מאפשר לדף הזה להציג התראות. אפשר לשנות זאת בהגדרות שלו.
call-screen-refused = המכשיר שלכם לא מאפשר לדף הזה להשאיר את המסך דולק.
call-notice = הגיע תורכם
call-notice-text = { $title }: אפשר להיכנס.

## Take my place to another device

device-button = להעביר את המקום שלי למכשיר אחר
device-explanation = סרקו את הקוד במכשיר השני, או פתחו בו את הקישור. המקום שלכם נשאר תקף גם כאן.
device-warning = מי שמחזיק בקישור הזה מחזיק במקום שלכם. אל תמסרו אותו לאף אחד.
device-code = קוד QR עם הקישור למקום שלכם
device-link = קישור למקום שלכם
device-copy = העתקת הקישור
device-copied = הועתק
device-not-copied = הקישור מסומן: העתיקו אותו מכאן.
device-share = שיתוף…
device-share-title = המקום שלי בתור: { $title }

## Leave the line

leave-button = יציאה מהתור
leave-headline = לצאת מהתור?
leave-explanation = המספר שלכם, { $number }, יאבד לתמיד. כדי לחזור תצטרכו להצטרף שוב, בסוף התור.
leave-confirm = לוותר על המקום
leave-stay = להישאר בתור
leave-failed = זה לא הצליח; אתם עדיין בתור. נסו שוב.

## Told to screen readers, when it changes

spoken-number = המספר שלכם בתור הוא { $number }.
spoken-crowd =
    { $people ->
        [one] פחות מאדם אחד לפניכם.
        [two] פחות משני אנשים לפניכם.
       *[other] פחות מ־{ $people } אנשים לפניכם.
    }
spoken-next = אתם הבאים בתור.

## The page without JavaScript: what it says besides the above

plain-opens = הפתיחה: { DATETIME($at, dateStyle: "full", timeStyle: "short") } UTC.
plain-opens-days =
    { $days ->
        [one] כלומר בעוד כיום אחד.
        [two] כלומר בעוד כיומיים.
       *[other] כלומר בעוד כ־{ $days } ימים.
    }
plain-opens-hours =
    { $hours ->
        [one] כלומר בעוד כשעה אחת.
        [two] כלומר בעוד כשעתיים.
       *[other] כלומר בעוד כ־{ $hours } שעות.
    }
plain-opens-minutes =
    { $minutes ->
        [one] כלומר בעוד כדקה אחת.
        [two] כלומר בעוד כשתי דקות.
       *[other] כלומר בעוד כ־{ $minutes } דקות.
    }
plain-opens-now = כלומר בעוד פחות מדקה.
plain-looks =
    { $seconds ->
        [one] הדף הזה יתעדכן מעצמו בעוד שנייה אחת.
        [two] הדף הזה יתעדכן מעצמו בעוד שתי שניות.
       *[other] הדף הזה יתעדכן מעצמו בעוד { $seconds } שניות.
    }
plain-rests = הדף הזה כבר לא מתעדכן מעצמו.
plain-look = לעדכן עכשיו
plain-rest = להפסיק את העדכון האוטומטי
plain-go-on = לחדש את העדכון האוטומטי
plain-cookies-headline = הדפדפן הזה לא שומר עוגיות
plain-cookies-explanation = בלי JavaScript אפשר לשמור את המקום שלכם בתור רק בעוגייה (cookie), והדפדפן הזה לא החזיר לנו אותה. אפשרו עוגיות לאתר הזה, או הפעילו JavaScript, ונסו שוב.
plain-try-again = לנסות שוב

## Pages that say why there is no waiting room

sorry-later-headline = רגע אחד, בבקשה
sorry-later-explanation =
    { $seconds ->
        [one] חדר ההמתנה לא יכול לענות כרגע. הדף הזה ינסה שוב מעצמו בעוד שנייה אחת; טעינה מוקדמת יותר לא תכניס אתכם מהר יותר.
        [two] חדר ההמתנה לא יכול לענות כרגע. הדף הזה ינסה שוב מעצמו בעוד שתי שניות; טעינה מוקדמת יותר לא תכניס אתכם מהר יותר.
       *[other] חדר ההמתנה לא יכול לענות כרגע. הדף הזה ינסה שוב מעצמו בעוד { $seconds } שניות; טעינה מוקדמת יותר לא תכניס אתכם מהר יותר.
    }
sorry-return-explanation = הקישור שהביא אתכם מציין כתובת שחדר ההמתנה הזה לא מוביל אליה. חזרו לאתר שממנו באתם ונסו שם שוב.
sorry-unknown-headline = אין חדר המתנה כזה
sorry-unknown-explanation = בדקו את הקישור, או חזרו לאתר שממנו באתם ונסו שם שוב.
sorry-other-headline = אי אפשר להצטרף לתור מכאן
sorry-other-explanation = חזרו לאתר שממנו באתם ונסו שם שוב.
sorry-sign-in-explanation = האתר שממנו באתם ביקש דבר שחדר ההמתנה הזה לא יכול לענות עליו. חזרו אליו ונסו שוב.
sorry-sign-in-why = למי שאחראי על האתר ההוא:
sorry-signed-out-explanation = המקום שלכם שוחרר. אפשר לסגור את הדף הזה.
