"""The made-up world's customers who write English: who they are, what they buy, and what they write about."""

from agentdesk.demo.tongue import Matter, Tongue

ENGLISH = Tongue(
    code="en",
    channel="help",
    first_names=(
        "Emily",
        "Oliver",
        "Grace",
        "Harry",
        "Chloe",
        "Jack",
        "Sophie",
        "George",
        "Amelia",
        "Noah",
        "Priya",
        "Omar",
        "Zoë",
        "Liam",
        "Jürgen",
        "Katarzyna",
        "Sanne",
        "Elif",
    ),
    last_names=(
        "Clarke",
        "Hughes",
        "Walker",
        "Wright",
        "Patel",
        "O'Neill",
        "Baker",
        "Turner",
        "Cooper",
        "Ward",
        "Morris",
        "Weiß",
        "Nowak",
        "de Vries",
        "Haddad",
        "Brontë",
    ),
    cities=("Leeds", "Dublin", "Utrecht", "Hamburg", "Bristol", "Ghent", "Gdańsk", "Edinburgh"),
    carriers=("DHL", "UPS", "GLS", "DPD"),
    months=(
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    things=(
        ("table lamp", "a table lamp", "the table lamp"),
        ("thermos flask", "a thermos flask", "the thermos flask"),
        ("backpack", "a backpack", "the backpack"),
        ("frying pan", "a frying pan", "the frying pan"),
        ("coffee grinder", "a coffee grinder", "the coffee grinder"),
        ("bike helmet", "a bike helmet", "the bike helmet"),
        ("vase", "a vase", "the vase"),
        ("duvet", "a duvet", "the duvet"),
        ("bread knife", "a bread knife", "the bread knife"),
        ("lantern", "a lantern", "the lantern"),
    ),
    worn=(
        ("rain jacket", "a rain jacket", "the rain jacket"),
        ("windbreaker", "a windbreaker", "the windbreaker"),
        ("jumper", "a jumper", "the jumper"),
        ("shirt", "a shirt", "the shirt"),
        ("dress", "a dress", "the dress"),
    ),
    money="€{amount}",
    hellos=("Hello", "Hi there", "Dear Nordbutik", "Good morning", "Hi"),
    byes=("Kind regards", "Best wishes", "Thanks", "Many thanks", "Yours sincerely"),
    phone_line="Sent from my phone",
    wrote="On {date}, {name} wrote:",
    agent_hello="Hello {name}",
    agent_bye="All the best",
    thanks=(
        "Thank you for the quick answer. That settles it.",
        "Perfect, thanks for your help!",
        "Glad to hear it. Thank you, and have a nice day.",
        "Great, that works for me.",
    ),
    asks=(
        "Thanks for getting back to me. When can I expect this to be sorted?",
        "Okay. Is there anything I need to do, or will you take it from here?",
        "Thank you. Will I get a confirmation by mail once it is done?",
    ),
    settled=(
        "That is settled now. Do write if there is anything else.",
        "I have looked into it: everything is in place, and you will get a mail about it today.",
        "Yes, we will see to it. There is nothing more you need to do.",
    ),
    nudges=(
        "I have not heard from you yet and it is getting urgent. Could you look at it today?",
        "I forgot to say that mail is best, I am hard to reach by phone.",
        "Did my mail arrive? I am writing again to be on the safe side.",
    ),
    matters=(
        Matter(
            topic="late",
            subjects=("Where is my order {order}?", "Parcel not delivered", "Order {order} is late"),
            letters=(
                (
                    "I ordered {a} on {date} and it should have been here {days} days ago.\n"
                    "The tracking ({track}) has not moved since. Could you find out where it is?"
                ),
                (
                    "My order {order} says delivered, but nothing has arrived in {city}. My neighbours don't "
                    "have it either."
                ),
            ),
            answers=(
                (
                    "I am sorry about that. {carrier} has found the parcel in {city} and delivers it "
                    "tomorrow before five.\n\n"
                    "If it is not there by then, I will send you {a} straight away."
                ),
                "Thank you for telling us. I have asked {carrier} to look for it and will write to you by noon.",
            ),
            more=(
                "Still nothing. It is a present for Saturday, so I am getting a little worried.",
                "The driver left a card, but the pick-up point does not have it.",
            ),
            note="{carrier} has it in {city}; new attempt tomorrow.",
            tags=("delivery",),
        ),
        Matter(
            topic="return",
            subjects=("Return of {bare}", "How do I return {the}?", "Return label for {order}"),
            letters=(
                "I would like to return {the} from order {order}. It has not been used.\nHow do I get a label?",
                (
                    "{The} is lovely but not quite right for us. Can I send it back from {city}, and what "
                    "does it cost?"
                ),
            ),
            answers=(
                (
                    "Of course. The label is on its way to you by mail; hand the parcel to {carrier} and "
                    "the money is back "
                    "3 to 5 days after we have {the}."
                ),
            ),
            more=("I dropped it off today. The number is {track}.",),
            note="Within 30 days, full refund. Label ordered.",
            tags=("return",),
        ),
        Matter(
            topic="size",
            subjects=("Wrong size: {bare}", "Exchange {the} for a larger one"),
            letters=(
                "{The} is too small. I ordered {size} and need one size up. Can I exchange it?",
                "I received {a} in {size}, which is not what I ordered. The order is {order}.",
            ),
            answers=(
                "No problem. The larger one leaves today with {carrier}; send the other one back in the same bag.",
            ),
            more=("Will the new one come before I send the old one back?",),
            note="Larger one in stock. Exchange free of charge.",
            tags=("size", "return"),
            worn=True,
        ),
        Matter(
            topic="invoice",
            subjects=("Missing invoice for {order}", "VAT invoice please"),
            letters=(
                "I need the invoice for order {order} for my accountant. Could you send it again?",
                "Could I have a VAT invoice for {the}, {money}, made out to my company?",
            ),
            answers=("Here is the invoice for order {order}, {money}. Let me know if anything is missing.",),
            more=("The company name is misspelt. Could you correct it?",),
            note="Made out to the company; number checked.",
            tags=("invoice",),
        ),
        Matter(
            topic="voucher",
            subjects=("Discount code not working", "Gift voucher {code}"),
            letters=(
                "My voucher {code} is refused at the till, though it is only from {date}.",
                "The code {code} does not work on {the}. Is it only for some things?",
            ),
            answers=("Sorry for the trouble. {code} had been blocked by mistake; it works now.",),
            more=("It now says the code has been used. It has not, by me at least.",),
            note="Blocked with the cancelled order. Open again.",
            tags=("voucher",),
        ),
        Matter(
            topic="address",
            subjects=("Change of address for order {order}", "Wrong address on my order"),
            letters=(
                (
                    "I gave my old address for order {order}. Can you change it to\n\n{house} Mill Lane\n{city}\n\n"
                    "before it leaves?"
                ),
                "We have moved out of {city}. Is it too late to redirect the parcel?",
            ),
            answers=("Just in time: order {order} goes to {house} Mill Lane, {city}.",),
            more=("It is the second floor, by the way.",),
            note="Changed in the warehouse system; {carrier} collects at three.",
            tags=("address",),
        ),
        Matter(
            topic="damaged",
            subjects=("{Bare} arrived damaged", "Complaint about {bare}"),
            letters=(
                "There was a hole in the box and {the} is broken. I attach a photo.\nCould I have a new one?",
                "{The} broke after three weeks, which is not good enough for {money}. See the picture.",
            ),
            answers=("I am sorry. A new one leaves today, and you need not send the old one back.",),
            more=("Thank you, but I would rather have the money back. Is that possible?",),
            note="Damaged on the way; claim made to {carrier} with the photo.",
            tags=("damaged",),
            file="photo",
        ),
        Matter(
            topic="twice",
            subjects=("Charged twice for order {order}", "Double payment"),
            letters=(
                "You have charged {money} twice for order {order}. Could you pay one of them back?",
                "My bank shows {money} twice on {date}. I only ordered {a}.",
            ),
            answers=(
                "You are right, and it is our mistake. {money} is on its way back to your card, 2 to 3 days.",
            ),
            more=("The bank says both have been taken, not reserved.",),
            note="Confirmed. Refund sent to accounting.",
            tags=("refund",),
        ),
        Matter(
            topic="stock",
            subjects=("When is {the} back in stock?", "{Bare} sold out?"),
            letters=(
                "{The} is sold out on your site. When do you expect it back, and is there a green one?",
                "Could you put {a} aside for me when it comes in? I can collect it.",
            ),
            answers=("We expect {the} in week 48. You are on the list and will get a mail first.",),
            more=("Can I order it now and wait?",),
            note="Supplier says week 48.",
            tags=("stock",),
        ),
        Matter(
            topic="login",
            subjects=("Cannot log in to my account", "Password reset does not arrive"),
            letters=(
                "I cannot log in. When I ask for a new password, no mail comes. I have looked in the junk folder.",
                "The page says my address is unknown. What it said is attached.",
            ),
            answers=(
                "Your account was under an old address. It is moved now, and you have a link for a new password.",
            ),
            more=("The link has expired. Could I have another?",),
            note="Accounts joined.",
            tags=("account",),
            file="log",
        ),
        Matter(
            topic="cancel",
            subjects=("Please cancel order {order}", "Cancel {bare}"),
            letters=(
                "Please cancel order {order}. I seem to have ordered twice.",
                "Is it too late to cancel {the}? It does not seem to have been sent.",
            ),
            answers=("Order {order} is cancelled and {money} is on its way back to you.",),
            more=("I have just been told it was sent. What now?",),
            note="Stopped before it was packed.",
            tags=("refund",),
        ),
        Matter(
            topic="missing",
            subjects=("Something is missing from my parcel", "{Bare} was not in the box"),
            letters=(
                "Order {order} has arrived, but {the} was not in the box. The packing list is attached.",
                "I paid for two and only one came with {carrier}.",
            ),
            answers=(
                "It must have stayed in the warehouse. {The} leaves today with {carrier}, free of charge.",
            ),
            more=("Could you send it to {city} instead?",),
            note="Found in the warehouse.",
            tags=("delivery",),
            file="receipt",
        ),
    ),
)
