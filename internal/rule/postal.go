package rule

import (
	"slices"
	"strings"

	"cosell/internal/api"
)

// postalForm is how a country writes its postal codes: 9 is a digit, A a letter,
// anything else stands for itself.
type postalForm struct {
	country string
	formats []string
}

// accepts reports whether a code has one of the country's formats, in either case
// of letters.
func (p postalForm) accepts(code string) bool {
	return slices.ContainsFunc(p.formats, func(format string) bool { return matchesFormat(format, strings.ToUpper(code)) })
}

func matchesFormat(format, code string) bool {
	if len(format) != len(code) {
		return false
	}
	for i := range len(format) {
		switch at := code[i]; format[i] {
		case '9':
			if at < '0' || at > '9' {
				return false
			}
		case 'A':
			if at < 'A' || at > 'Z' {
				return false
			}
		default:
			if at != format[i] {
				return false
			}
		}
	}
	return true
}

// refusal is the message about a code in another format.
func (p postalForm) refusal() string {
	return "The postal code is invalid for country " + p.country + ", " + p.country +
		" postal code must be in " + strings.Join(p.formats, " OR ") + " format."
}

// postalForms holds the countries whose published format covers the codes really
// in use; a code of any other country is taken as it is.
var postalForms = map[api.CountryCode]postalForm{
	"US": {"United States", []string{"99999", "99999-9999"}},
	"AF": {"Afghanistan", []string{"9999"}},
	"AL": {"Albania", []string{"9999"}},
	"AM": {"Armenia", []string{"9999"}},
	"AT": {"Austria", []string{"9999"}},
	"AU": {"Australia", []string{"9999"}},
	"AX": {"Aland Islands", []string{"99999"}},
	"BA": {"Bosnia and Herzegovina", []string{"99999"}},
	"BD": {"Bangladesh", []string{"9999"}},
	"BE": {"Belgium", []string{"9999", "B-9999"}},
	"BG": {"Bulgaria", []string{"9999"}},
	"BH": {"Bahrain", []string{"999", "9999"}},
	"BM": {"Bermuda", []string{"AA 99", "AA AA"}},
	"BR": {"Brazil", []string{"99999", "99999-999"}},
	"BT": {"Bhutan", []string{"99999"}},
	"CA": {"Canada", []string{"A9A 9A9", "A9A9A9"}},
	"CC": {"Cocos (Keeling) Islands", []string{"9999"}},
	"CH": {"Switzerland", []string{"9999"}},
	"CN": {"China", []string{"999999"}},
	"CO": {"Colombia", []string{"999999"}},
	"CR": {"Costa Rica", []string{"9999", "99999"}},
	"CU": {"Cuba", []string{"99999"}},
	"CV": {"Cape Verde", []string{"9999"}},
	"CX": {"Christmas Island", []string{"9999"}},
	"CY": {"Cyprus", []string{"9999"}},
	"CZ": {"Czech Republic", []string{"999 99", "99999"}},
	"DE": {"Germany", []string{"99999"}},
	"DK": {"Denmark", []string{"9999"}},
	"DO": {"Dominican Republic", []string{"99999"}},
	"DZ": {"Algeria", []string{"99999"}},
	"EC": {"Ecuador", []string{"999999"}},
	"EE": {"Estonia", []string{"99999"}},
	"EG": {"Egypt", []string{"99999"}},
	"ES": {"Spain", []string{"99999"}},
	"ET": {"Ethiopia", []string{"9999"}},
	"FI": {"Finland", []string{"99999"}},
	"FO": {"Faroe Islands", []string{"999"}},
	"FR": {"France", []string{"99999"}},
	"GB": {"United Kingdom", []string{"A9 9AA", "A99 9AA", "AA9 9AA", "AA99 9AA", "A9A 9AA", "AA9A 9AA", "A99AA", "A999AA", "AA99AA", "AA999AA", "A9A9AA", "AA9A9AA"}},
	"GE": {"Georgia", []string{"9999"}},
	"GL": {"Greenland", []string{"9999"}},
	"GR": {"Greece", []string{"99999", "999 99"}},
	"GT": {"Guatemala", []string{"99999"}},
	"GU": {"Guam", []string{"99999"}},
	"GW": {"Guinea-Bissau", []string{"9999"}},
	"HN": {"Honduras", []string{"99999"}},
	"HR": {"Croatia", []string{"99999"}},
	"HU": {"Hungary", []string{"9999"}},
	"ID": {"Indonesia", []string{"99999"}},
	"IL": {"Israel", []string{"99999", "9999999"}},
	"IN": {"India", []string{"999999", "999 999"}},
	"IQ": {"Iraq", []string{"99999"}},
	"IS": {"Iceland", []string{"999"}},
	"IT": {"Italy", []string{"99999"}},
	"JO": {"Jordan", []string{"99999"}},
	"JP": {"Japan", []string{"9999999", "999-9999"}},
	"KE": {"Kenya", []string{"99999"}},
	"KG": {"Kyrgyzstan", []string{"999999"}},
	"KR": {"Korea", []string{"99999"}},
	"KW": {"Kuwait", []string{"99999"}},
	"KZ": {"Kazakhstan", []string{"999999"}},
	"LA": {"Lao People's Democratic Republic", []string{"99999"}},
	"LI": {"Liechtenstein", []string{"9999"}},
	"LK": {"Sri Lanka", []string{"99999"}},
	"LR": {"Liberia", []string{"9999"}},
	"LS": {"Lesotho", []string{"999"}},
	"LT": {"Lithuania", []string{"99999", "LT-99999"}},
	"LU": {"Luxembourg", []string{"9999"}},
	"MA": {"Morocco", []string{"99999"}},
	"ME": {"Montenegro", []string{"99999"}},
	"MG": {"Madagascar", []string{"999"}},
	"MH": {"Marshall Islands", []string{"99999"}},
	"MK": {"Macedonia", []string{"9999"}},
	"MM": {"Myanmar", []string{"99999"}},
	"MN": {"Mongolia", []string{"99999"}},
	"MP": {"Northern Mariana Islands", []string{"99999"}},
	"MT": {"Malta", []string{"AAA 9999", "AAA9999"}},
	"MV": {"Maldives", []string{"9999", "99999"}},
	"MX": {"Mexico", []string{"99999"}},
	"MY": {"Malaysia", []string{"99999"}},
	"MZ": {"Mozambique", []string{"9999"}},
	"NA": {"Namibia", []string{"99999"}},
	"NE": {"Niger", []string{"9999"}},
	"NF": {"Norfolk Island", []string{"9999"}},
	"NG": {"Nigeria", []string{"999999"}},
	"NI": {"Nicaragua", []string{"99999"}},
	"NL": {"Netherlands", []string{"9999 AA", "9999AA"}},
	"NO": {"Norway", []string{"9999"}},
	"NP": {"Nepal", []string{"99999"}},
	"NZ": {"New Zealand", []string{"9999"}},
	"OM": {"Oman", []string{"999"}},
	"PE": {"Peru", []string{"99999"}},
	"PG": {"Papua New Guinea", []string{"999"}},
	"PH": {"Philippines", []string{"9999"}},
	"PK": {"Pakistan", []string{"99999"}},
	"PL": {"Poland", []string{"99-999"}},
	"PR": {"Puerto Rico", []string{"99999"}},
	"PT": {"Portugal", []string{"9999", "9999-999"}},
	"PW": {"Palau", []string{"99999"}},
	"PY": {"Paraguay", []string{"9999"}},
	"RO": {"Romania", []string{"999999"}},
	"RS": {"Serbia", []string{"99999"}},
	"SD": {"Sudan", []string{"99999"}},
	"SE": {"Sweden", []string{"99999", "999 99", "S-99999", "SE-99999"}},
	"SG": {"Singapore", []string{"999999"}},
	"SJ": {"Svalbard and Jan Mayen", []string{"9999"}},
	"SK": {"Slovakia", []string{"999 99", "99999"}},
	"SN": {"Senegal", []string{"99999"}},
	"TH": {"Thailand", []string{"99999"}},
	"TJ": {"Tajikistan", []string{"999999"}},
	"TM": {"Turkmenistan", []string{"999999"}},
	"TN": {"Tunisia", []string{"9999"}},
	"TR": {"Turkey", []string{"99999"}},
	"TT": {"Trinidad and Tobago", []string{"999999"}},
	"UA": {"Ukraine", []string{"99999"}},
	"UY": {"Uruguay", []string{"99999"}},
	"VC": {"Saint Vincent and the Grenadines", []string{"VC9999"}},
	"VI": {"U.S. Virgin Islands", []string{"99999"}},
	"ZA": {"South Africa", []string{"9999"}},
	"ZM": {"Zambia", []string{"99999"}},
}

// countriesWithoutPostalCodes need none at submission.
var countriesWithoutPostalCodes = []api.CountryCode{
	"AE", "AG", "AN", "AO", "AW", "BF", "BI", "BJ", "BO", "BQ", "BS", "BW", "BZ", "CF", "CG", "CI",
	"CK", "CM", "CW", "DJ", "DM", "ER", "FJ", "GD", "GH", "GM", "GQ", "GY", "HK", "HM", "KI", "KM",
	"KN", "LY", "ML", "MO", "MR", "MW", "NR", "NU", "QA", "RW", "SB", "SC", "SH", "SL", "SR", "ST",
	"SY", "TF", "TG", "TK", "TL", "TO", "TV", "UG", "VU", "YE", "ZW",
}
